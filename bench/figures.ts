/** What follows from measured times: rates, shares of the roofline, ratios. Pure functions over a record. */
import { type CeilingsRecord, isCorrect, type KernelRecord, type StepRecord } from "./record.ts";

/** GFLOP/s, or GB/s of bytes: so many a dispatch that takes `ms`. */
export function gigaPerSecond(amount: number, ms: number): number {
  return amount / ms / 1e6;
}

/** Floating-point operations for each byte that must move. */
export function intensity({ flops, bytes }: Pick<KernelRecord, "flops" | "bytes">): number {
  return flops / bytes;
}

/** The most GFLOP/s at an arithmetic intensity: as fast as it computes, or as fast as data arrive. */
export function roofAt(flopsPerByte: number, { fma, read }: CeilingsRecord): number {
  return Math.min(fma.median, flopsPerByte * read.median);
}

/**
 * How much of the roofline a kernel reaches, 1 for all of it. GFLOP/s over min(F, I·R) is the larger of GFLOP/s
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

/** Whether a contender is this library on WebGPU with its kernels fitted: the one that others are compared with. */
export function isTunedWebgpu(contender: string): boolean {
  return /^softmax-webgpu\b.*\swebgpu\b/i.test(contender) && !/untuned/i.test(contender);
}

/**
 * How many times as long a step takes as ours on WebGPU, at the same shape of the same run; ours with f32 where
 * that was measured, as it is what others take.
 *
 * @returns null where either is missing or wrong
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
