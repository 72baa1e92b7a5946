/** Writes a record as text for a terminal. A result over its tolerance is shown as wrong, without a time. */
import { comparison, gigaPerSecond } from "./figures.ts";
import { fitExponents } from "./measure/exponents.ts";
import { messageOf, shapeText } from "./measure/text.ts";
import {
  type BenchRecord,
  type BenchShape,
  type CeilingsRecord,
  isCorrect,
  type KernelRecord,
  type MachineRecord,
  type StepRecord,
} from "./record.ts";

/** Describes the whole record: machine, ceilings, then steps and kernels of each shape, then failures. */
export function describeRecord({ machine, ceilings, steps, kernels, failures }: BenchRecord): string {
  const shapes = new Map([...steps, ...kernels].map(({ shape }) => [shapeText(shape), shape]));
  const parts = [...shapes].map(([title, shape]) => {
    const shapeSteps = steps.filter((step) => isSame(step.shape, shape));
    const shapeKernels = kernels.filter((kernel) => isSame(kernel.shape, shape));
    return [title, describeSteps(shapeSteps), describeKernels(shapeKernels, ceilings)]
      .filter(Boolean)
      .join("\n");
  });
  const failed = failures.map(({ what, message }) => `not measured: ${what}: ${message}`).join("\n");
  return [describeMachine(machine, ceilings), ...parts, failed].filter(Boolean).join("\n\n");
}

/** Describes the growth exponents of every contender, from a record of a sweep. */
export function describeExponents({ steps }: BenchRecord): string {
  const names = [...new Set(steps.map(({ contender }) => contender))];
  return names
    .map((name) => {
      const costs = steps
        .filter((step) => step.contender === name && isCorrect(step))
        .map(({ shape, time }) => ({ shape, cost: time.median }));
      try {
        const { rows, features, classes, largestFactor } = fitExponents(costs);
        const [a, b, c] = [rows, features, classes].map((exponent) => exponent.toFixed(2));
        const factor = largestFactor.toFixed(2);
        return `${name}: a step's time grows as N^${a} D^${b} K^${c}, to within a factor of ${factor}`;
      } catch (error) {
        return `${name}: no exponents: ${messageOf(error)}`;
      }
    })
    .join("\n");
}

function describeMachine(
  { agent, cpu, cores, adapter }: MachineRecord,
  ceilings: CeilingsRecord | null,
): string {
  const browser = /(?:Headless)?Chrome\/[\d.]+/.exec(agent)?.[0] ?? agent;
  const lines = [`${cpu ? `${cpu}, ` : ""}${cores} cores, ${browser}`];
  if (!adapter) lines.push("no WebGPU adapter");
  else {
    const name = [adapter.vendor, adapter.architecture, adapter.device, adapter.description];
    lines.push(`WebGPU: ${name.filter(Boolean).join(" ")}`);
    if (adapter.software)
      lines.push("A CPU imitates the GPU here; these times say nothing about a real one.");
  }
  if (ceilings) {
    const { fma, read, dispatch, submit } = ceilings;
    const figures = [
      `${fma.median.toFixed(1)} GFLOP/s of multiply-adds`,
      `${read.median.toFixed(1)} GB/s read`,
      `${dispatch.median.toFixed(1)} µs a dispatch`,
      `${submit.median.toFixed(0)} µs a submit with its wait`,
    ];
    lines.push(`ceilings: ${figures.join(", ")}`);
  }
  return lines.join("\n");
}

function describeSteps(steps: readonly StepRecord[]): string {
  const rows = steps.map((step) => {
    const { contender, storage, time, error, note = "" } = step;
    const name = [contender, storage];
    const tail = [error.toExponential(1), note];
    if (!isCorrect(step)) return [...name, "wrong", "", "", ...tail];
    const span = `${time.min.toFixed(3)} … ${time.max.toFixed(3)}`;
    return [...name, time.median.toFixed(3), span, comparison(step, steps), ...tail];
  });
  return columns(["step", "X", "ms", "span", "speed", "error", ""], rows, 2);
}

function describeKernels(kernels: readonly KernelRecord[], ceilings: CeilingsRecord | null): string {
  const rows = kernels.map((record) => {
    const { kernel, storage, time, flops, bytes, error, variant } = record;
    const tail = [error.toExponential(1), variant];
    if (!isCorrect(record)) return [kernel, storage, "wrong", "", "", "", ...tail];
    const rate = gigaPerSecond(flops, time.median);
    const share = ceilings ? `${((100 * rate) / ceilings.fma.median).toFixed(0)} %` : "";
    const bandwidth = gigaPerSecond(bytes, time.median).toFixed(1);
    return [kernel, storage, time.median.toFixed(4), rate.toFixed(1), share, bandwidth, ...tail];
  });
  return columns(["kernel", "X", "ms", "GFLOP/s", "of ceiling", "GB/s", "error", ""], rows, 2);
}

/**
 * Aligns rows under a heading; returns "" without rows. Aligns the first `words` columns and the last one left, figures
 * right.
 */
function columns(heading: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  if (rows.length === 0) return "";
  const all = [heading, ...rows];
  const widths = heading.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const isWord = (i: number) => i < words || i === heading.length - 1;
  return all
    .map((row) =>
      row
        .map((cell, i) => (isWord(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}

function isSame(a: BenchShape, b: BenchShape): boolean {
  return shapeText(a) === shapeText(b);
}
