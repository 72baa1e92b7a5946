/** Computes rates, shares of the roofline and ratios from the times of a record. */
import { type CeilingsRecord, isCorrect, type KernelRecord, type StepRecord } from "./record.ts";

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

/** Returns whether a contender is this library on WebGPU with tuned kernels, with which others are compared. */
export function isTunedWebgpu(contender: string): boolean {
  return /^softmax-webgpu\b.*\swebgpu\b/i.test(contender) && !/untuned/i.test(contender);
}

/**
 * Returns the time of a step divided by that of our step on WebGPU, at the same shape in the same run. Takes our step
 * with f32 if it was measured, since others take f32.
 *
 * @returns null if either is missing or wrong
 */
export function ratioToTuned(step: StepRecord, steps: readonly StepRecord[]): number | null {
  const { rows, features, classes } = step.shape;
  const ours = steps.filter(
    ({ contender, shape }) =>
      isTunedWebgpu(contender) &&
      shape.rows === rows &&
      shape.features === features &&
      shape.classes === classes,
  );
  const base = ours.find(({ storage }) => storage === "f32") ?? ours[0];
  return base && isCorrect(base) && isCorrect(step) ? step.time.median / base.time.median : null;
}
