/**
 * The command `npm run bench:optimum`: counts the passes over the data, and the seconds, that L-BFGS takes to come near
 * the optimum of a real data set, in headless Chrome on WebAssembly and on WebGPU.
 */
import { Command } from "commander";
import { runInChrome } from "../demo/headless/chrome-job.ts";
import { findIdxFiles } from "../demo/headless/idx-files.ts";
import type { Job } from "../demo/headless/job.ts";

const DEVICES = ["wasm", "webgpu"] as const;

/** Relative distances from the optimum at which passes and seconds are reported. */
const DISTANCES = [1e-2, 1e-3, 1e-4, 1e-5];

/** One iteration as the command sees it. */
interface Seen {
  readonly objective: number;
  readonly passes: number;
  /** Seconds since the data was loaded; upload and compilation are included. */
  readonly seconds: number;
}

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run bench:optimum --")
    .description("Passes and seconds of L-BFGS to the optimum, on WebAssembly and WebGPU in headless Chrome.")
    .argument("<folder>", "train-images, train-labels, t10k-images, t10k-labels (IDX, plain or .gz)")
    .option("--l2 <number>", "coefficient of the squared weights", Number, 1e-4)
    .option(
      "--objective <number>",
      "the optimum, if it is known (default: the lowest objective seen)",
      Number,
    )
    .parse(argv);
  const [folder] = command.args;
  const { l2, objective } = command.opts<{ l2: number; objective?: number }>();
  const files = await findIdxFiles(folder);
  const controller = new AbortController();
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const runs: { device: string; seen: Seen[] }[] = [];
  for (const device of DEVICES) {
    const seen: Seen[] = [];
    let began = 0;
    let name: string = device;
    await runInChrome(jobOf(device, l2), {
      files,
      say,
      signal: controller.signal,
      emit: (event) => {
        if (event.kind === "data") began = performance.now();
        if (event.kind !== "iteration") return;
        name = event.device;
        seen.push({ ...event.record, seconds: (performance.now() - began) / 1000 });
      },
    });
    runs.push({ device: name, seen });
  }
  const optimum = objective ?? Math.min(...runs.flatMap(({ seen }) => seen.map((one) => one.objective)));
  say(
    `L-BFGS from zero, λ = ${l2}; optimum ${optimum.toFixed(10)}${objective === undefined ? ", the lowest seen" : ""}`,
  );
  for (const { device, seen } of runs) {
    say(device);
    for (const distance of DISTANCES)
      say(`  within ${distance.toExponential(0)}  ${whenWithin(seen, optimum, distance)}`);
    const last = seen[seen.length - 1];
    say(
      `  at its end     ${describe(last)}, ${((last.objective - optimum) / optimum).toExponential(1)} above`,
    );
  }
  return 0;
}

function jobOf(device: (typeof DEVICES)[number], l2: number): Job {
  return { hasFiles: true, options: { device, l2, solver: "lbfgs" } };
}

function whenWithin(seen: readonly Seen[], optimum: number, distance: number): string {
  const first = seen.find(({ objective }) => objective <= optimum * (1 + distance));
  return first ? describe(first) : "not reached";
}

function describe({ passes, seconds }: Seen): string {
  return `${String(passes).padStart(4)} passes  ${seconds.toFixed(1).padStart(6)} s`;
}
