/** Effects that paint: once for each frame at most, however often the signals they read change meanwhile. */
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";

/**
 * Calls `paint` before the frame after any signal that it has read changes. `paint` reads signals, and sets none.
 *
 * @param inputs what else it reads; painted anew when one of them is another
 */
export function useOncePerFrame(paint: () => void, inputs: readonly unknown[]): void {
  useEffect(() => {
    let frame = 0;
    let stop = () => {};
    const run = () => {
      stop();
      let isFirst = true;
      stop = effect(() => {
        if (isFirst) {
          isFirst = false;
          paint();
        } else {
          frame = requestAnimationFrame(run);
        }
      });
    };
    run();
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, inputs);
}
