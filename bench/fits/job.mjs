/**
 * One fit of a JavaScript library in a process of its own: reads the problem's folder, which is the first argument,
 * and writes W, b and what the fit took.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Largest batch of the libraries whose optimisers take batches. */
const BATCH = 256;

/** Reads `{ x [N,D], y [N], rows, features, classes, l2, patience, targets }`; see `Job` in `problem-folder.ts`. */
export async function readJob() {
  const folder = process.argv[2];
  const job = JSON.parse(await readFile(join(folder, "job.json"), "utf8"));
  const [x, y] = await Promise.all(["x", "y"].map((name) => readFile(join(folder, name))));
  return {
    ...job,
    folder,
    x: new Float32Array(x.buffer, x.byteOffset, x.byteLength / 4),
    y: new Int32Array(y.buffer, y.byteOffset, y.byteLength / 4),
  };
}

/** Returns a stopwatch, whose time can be held while something is done that is no part of the fit. */
export function stopwatch() {
  const now = () => performance.now() / 1000;
  const used = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const began = { seconds: now(), processor: used() };
  return {
    read: () => ({ seconds: now() - began.seconds, processor: used() - began.processor }),
    /** Takes the time of `work` off. */
    async without(work) {
      const before = { seconds: now(), processor: used() };
      const result = await work();
      began.seconds += now() - before.seconds;
      began.processor += used() - before.processor;
      return result;
    },
  };
}

/** Notes the seconds at which J has first come to each of the targets. */
export class Targets {
  constructor(targets) {
    this.targets = targets;
    this.reached = targets.map(() => null);
  }

  /** Notes J after so many seconds, and returns whether all targets are reached. */
  note(objective, seconds) {
    this.targets.forEach((target, i) => {
      if (objective <= target) this.reached[i] ??= seconds;
    });
    return this.reached.every((one) => one !== null);
  }
}

/** Writes W `[K,D]`, row after row, and b `[K]`, and prints the answer. */
export async function answer({ folder }, { weights, bias }, { seconds, processor }, reached) {
  await writeFile(join(folder, "parameters"), Float64Array.from([...weights, ...bias]));
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`\n${JSON.stringify({ seconds, processor, megabytes, reached })}\n`);
}

/** Yields batches of equal size in another order for each epoch; rows that are left over wait for the next epoch. */
export class Batches {
  constructor({ x, y, rows, features, classes }) {
    Object.assign(this, { x, y, rows, features, classes });
    this.size = Math.min(BATCH, rows);
    this.order = Uint32Array.from({ length: rows }, (_, i) => i);
  }

  /** Yields x `[B,D]` and one-hot labels `[B,K]` of each batch of an epoch. */
  *epoch() {
    const { order, size, features, classes } = this;
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let first = 0; first + size <= this.rows; first += size) {
      const x = new Float32Array(size * features);
      const q = new Float32Array(size * classes);
      for (let i = 0; i < size; i++) {
        const row = order[first + i];
        x.set(this.x.subarray(row * features, (row + 1) * features), i * features);
        q[i * classes + this.y[row]] = 1;
      }
      yield { x, q };
    }
  }
}
