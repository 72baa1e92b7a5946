/** Computes rates, shares of the roofline and speeds beside ours from the times of a record. */
import { formatBrief, NOTHING } from "../demo/ui/format.ts";
import {
  type BenchShape,
  type CeilingsRecord,
  isCorrect,
  type KernelRecord,
  type StepRecord,
} from "./record.ts";

/** Converts operations or bytes of a dispatch that takes `ms` to GFLOP/s or GB/s. */
export function gigaPerSecond(amount: number, ms: number): number {
  return amount / ms / 1e6;
}

/** Returns the arithmetic intensity: floating-point operations for each byte that must move. */
export function intensity({ flops, bytes }: Pick<KernelRecord, "flops" | "bytes">): number {
  return flops / bytes;
}

/** Returns the roofline in GFLOP/s at an arithmetic intensity: limited by arithmetic or by memory. */
export function roofAt(flopsPerByte: number, { fma, read }: CeilingsRecord): number {
  return Math.min(fma.median, flopsPerByte * read.median);
}

/**
 * Returns the share of the roofline that a kernel reaches, at most 1. GFLOP/s over min(F, I·R) is the larger of GFLOP/s
 * over F and GB/s over R; written so, a kernel that only moves data has a share as well.
 */
export function roofShare(kernel: KernelRecord, ceilings: CeilingsRecord | null): number | null {
  if (!ceilings) return null;
  const { median } = kernel.time;
  return Math.max(
    gigaPerSecond(kernel.flops, median) / ceilings.fma.median,
    gigaPerSecond(kernel.bytes, median) / ceilings.read.median,
  );
}

export function stepsPerSecond({ time }: Pick<StepRecord, "time">): number {
  return 1000 / time.median;
}

export function rowsPerSecond({ time, shape }: Pick<StepRecord, "time" | "shape">): number {
  return (shape.rows * 1000) / time.median;
}

/** Returns whether a contender is this library on WebGPU with tuned kernels. */
export function isTunedWebgpu(contender: string): boolean {
  return /^softmax-webgpu\b.*\swebgpu\b/i.test(contender) && !/untuned/i.test(contender);
}

/** Returns whether a contender is this library on one thread of WebAssembly. */
function isOneThread(contender: string): boolean {
  return /^softmax-webgpu\b.*\swasm, 1 thread$/i.test(contender);
}

/**
 * Returns our step that others at the same shape are compared with: tuned WebGPU if it is there, else one thread of
 * WebAssembly; with f32 if that was measured, since others take f32.
 *
 * @returns null if there is none, or it is wrong
 */
export function comparedStep({ rows, features, classes }: BenchShape, steps: readonly StepRecord[]) {
  const here = steps.filter(
    ({ shape }) => shape.rows === rows && shape.features === features && shape.classes === classes,
  );
  const tuned = here.filter(({ contender }) => isTunedWebgpu(contender));
  const ours = tuned.length > 0 ? tuned : here.filter(({ contender }) => isOneThread(contender));
  const base = ours.find(({ storage }) => storage === "f32") ?? ours[0];
  return base && isCorrect(base) ? base : null;
}

/**
 * Returns how many times as fast as `base` a step at the same shape is: above 1 if it is faster.
 *
 * @returns null if either is missing or wrong
 */
export function speedBeside(step: StepRecord | null, base: StepRecord | null): number | null {
  return step && base && isCorrect(step) && isCorrect(base) ? base.time.median / step.time.median : null;
}

/**
 * Writes a speed as a multiple, so that faster is said as faster: `5.1` as `"5.1 × as fast"`, `0.25` as
 * `"4 × slower"`, with two digits. With `other`, it ends in `"as TF.js"` or `"than TF.js"`. null is a dash.
 */
export function speedText(speed: number | null, other = ""): string {
  if (speed === null || !Number.isFinite(speed) || speed <= 0) return NOTHING;
  const multiple = formatBrief(Math.max(speed, 1 / speed));
  const [words, joint] =
    multiple === "1"
      ? ["as fast", "as"]
      : speed > 1
        ? [`${multiple} × as fast`, "as"]
        : [`${multiple} × slower`, "than"];
  return other ? `${words} ${joint} ${other}` : words;
}

/** Writes the speed of a step beside the one that those of its shape are compared with, which is marked. */
export function comparison(step: StepRecord, steps: readonly StepRecord[]): string {
  const base = comparedStep(step.shape, steps);
  return base === step ? "compared with this" : speedText(speedBeside(step, base));
}
