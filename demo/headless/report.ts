/** The output of `npm run train` while a job runs and at its end. */
import type { EpochRecord, IterationRecord } from "../../src/index.ts";
import type { JobEvent, JobResult } from "./job.ts";

/** Time between two updates of the progress line, ms. */
const PROGRESS_INTERVAL = 250;

/** Prints events to `stream`: progress in place on a terminal, a line per epoch everywhere. */
export function createReporter(stream: NodeJS.WriteStream, epochs: number): (event: JobEvent) => void {
  let started = 0;
  let printed = 0;
  let rate = "";
  let device = "";
  return (event) => {
    if (event.kind === "data") {
      stream.write(
        `${count(event.train)} training rows, ${count(event.test)} test rows, ${count(event.features)} features\n`,
      );
      started = performance.now();
      return;
    }
    if (event.kind === "progress") {
      const now = performance.now();
      const { phase, rows, totalRows } = event.progress;
      if (phase === "upload") {
        started = now;
        return;
      }
      rate = `${count((rows / Math.max(now - started, 1)) * 1000)} rows/s`;
      if (!stream.isTTY || now - printed < PROGRESS_INTERVAL) return;
      printed = now;
      stream.write(`\r\x1b[K${((100 * rows) / totalRows).toFixed(0).padStart(3)} %  ${rate}`);
      return;
    }
    if (device !== event.device) {
      device = event.device;
      stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${device}\n`);
    }
    const text = event.kind === "epoch" ? epochText(event.record, epochs) : iterationText(event.record);
    stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${text}  ${rate}\n`);
  };
}

function epochText({ epoch, loss, accuracy, learningRate }: EpochRecord, epochs: number): string {
  const figures = `loss ${loss.toFixed(4)}  accuracy ${accuracy.toFixed(4)}  rate ${learningRate.toPrecision(3)}`;
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}  ${figures}`;
}

function iterationText({ iteration, objective, accuracy, gradientNorm, passes }: IterationRecord): string {
  const figures = `objective ${objective.toFixed(6)}  accuracy ${accuracy.toFixed(4)}  gradient ${gradientNorm.toExponential(1)}  passes ${passes}`;
  return `iteration ${String(iteration).padStart(3)}  ${figures}`;
}

/** Returns the last lines. */
export function describeResult({ train, test, seconds, rows, software }: JobResult): string {
  const line = (name: string, { objective, loss, accuracy }: JobResult["train"]) =>
    `${name.padEnd(5)}  accuracy ${accuracy.toFixed(4)}  loss ${loss.toFixed(4)}  objective ${objective.toFixed(4)}`;
  const note = software ? "A CPU imitated the GPU here; this time says nothing about a real one.\n" : "";
  const speed = `${seconds.toFixed(2)} seconds, ${count(rows / seconds)} rows/s`;
  return `${line("train", train)}\n${line("test", test)}\n${speed}\n${note}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}
