/** The memory of Chrome's renderers, on Linux: what the page, its threads and its WebAssembly take. */
import { readdir, readFile } from "node:fs/promises";

/**
 * Returns the most memory that any renderer of a browser has taken so far, MB, code that processes share included; null
 * if the system does not tell.
 *
 * @param browser the process id of the browser
 */
export async function peakOfRenderers(browser: number): Promise<number | null> {
  let peak: number | null = null;
  for (const pid of await descendantsOf(browser)) {
    const command = await read(`/proc/${pid}/cmdline`);
    const kilobytes = /VmHWM:\s*(\d+) kB/.exec(await read(`/proc/${pid}/status`))?.[1];
    if (command.includes("--type=renderer") && kilobytes)
      peak = Math.max(peak ?? 0, Number(kilobytes) / 1024);
  }
  return peak;
}

/** Returns the ids of the processes that a process has started, and those that they have, and so on. */
async function descendantsOf(root: number): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  const children = new Map<number, number[]>();
  for (const pid of names.map(Number).filter(Number.isInteger)) {
    const parent = Number(/PPid:\s*(\d+)/.exec(await read(`/proc/${pid}/status`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  for (let level = [root]; level.length > 0; ) {
    level = level.flatMap((pid) => children.get(pid) ?? []);
    found.push(...level);
  }
  return found;
}

/** Returns a file's text; "" if there is none, since processes end meanwhile. */
async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
