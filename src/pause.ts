/**
 * Gives the thread back to the page now and then while long work runs on it, and notices an abort.
 */

/** Longest stretch of work between two pauses, ms: well under the 50 ms that count as a long task. */
const STRETCH = 12;

let resumed = 0;

/** Whether enough work was done since the last pause for another one. */
export function isPauseDue(): boolean {
  return performance.now() - resumed >= STRETCH;
}

/**
 * Returns at once while the current stretch of work is short; else lets the event loop turn first.
 *
 * @throws the signal's reason, once it is aborted
 */
export async function pause(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (!isPauseDue()) return;
  await turnEventLoop();
  resumed = performance.now();
  signal?.throwIfAborted();
}

/**
 * Lets the event loop turn once. By a message channel, since timers are clamped to 4 ms and slowed in hidden tabs; by
 * what there is in environments without one, such as jsdom.
 */
function turnEventLoop(): Promise<void> {
  const { MessageChannel: Channel, setImmediate: immediate } = globalThis as Partial<typeof globalThis>;
  return new Promise((resolve) => {
    if (!Channel) {
      if (immediate) immediate(resolve);
      else setTimeout(resolve, 0);
      return;
    }
    const { port1, port2 } = new Channel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
