/**
 * The multiply-add ceiling. A ceiling that is too low would flatter every kernel, so chains of multiply-adds are tried
 * in several forms: few or many, as devices have few or many registers, and fused by name or not.
 */
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { BoundKernel } from "../kernels/bound-kernel.ts";
import type { PassClock } from "../measure/pass-clock.ts";
import { largestError } from "../measure/problem.ts";
import { bestRate, rateOf } from "../measure/statistics.ts";
import type { Spread } from "../record.ts";
import fma from "../shaders/fma.wgsl";

/** One way to write the chains. */
interface Form {
  /** Number of a thread's vectors of four chains. */
  readonly columns: number;
  readonly fused: boolean;
}

const FORMS: readonly Form[] = [1, 2, 3, 4].flatMap((columns) =>
  [false, true].map((fused) => ({ columns, fused })),
);

/** Shortest dispatch that is measured, ms: long beside the gap between two. */
const DISPATCH_TIME = 2;

const MAX_GROUPS = 65_535;
const THREADS = 256;
const ROUNDS = 64;
const LINKS = 16 * ROUNDS;

/** Number of sums; threads that are a multiple of this apart share one. */
const SUMS = 256 * THREADS;

/** The factor and summand of every link. A chain stays far from its fixed point, so each link shows in the result. */
const LINK = { k: Math.fround(0.999), m: 0.5 };

/** Rounding of float32 over all links, as a share of the result. */
const TOLERANCE = 1e-3;

/** Measures GFLOP/s of the fastest form. @throws Error  a form's result is wrong */
export async function measureMultiplyAdds(
  gpu: GpuDevice,
  clock: PassClock,
  rounds: number,
  signal?: AbortSignal,
): Promise<Spread> {
  const groups = await enoughGroups(gpu, clock, signal);
  const rate = (form: Form, count: number) => {
    const flops = groups * THREADS * form.columns * 4 * LINKS * 2;
    return withForm(gpu, form, groups, async (kernel) => {
      await check(kernel, form);
      return rateOf(flops, await clock.measure(kernel.encode, count, signal));
    });
  };
  return bestRate(FORMS, rate, rounds);
}

/** Finds how many workgroups make a dispatch long enough. */
async function enoughGroups(gpu: GpuDevice, clock: PassClock, signal?: AbortSignal): Promise<number> {
  for (let groups = 64; ; groups = Math.min(4 * groups, MAX_GROUPS)) {
    signal?.throwIfAborted();
    const time = await withForm(gpu, FORMS[0], groups, async ({ encode }) => {
      await clock.time(encode, 1);
      return clock.time(encode, 1);
    });
    if (time >= DISPATCH_TIME || groups === MAX_GROUPS) return groups;
  }
}

async function withForm<T>(
  gpu: GpuDevice,
  { columns, fused }: Form,
  groups: number,
  work: (kernel: BoundKernel) => Promise<T>,
): Promise<T> {
  const kernel = await BoundKernel.create(gpu, {
    shader: fma,
    constants: { COLUMNS: columns, FUSED: fused, ROUNDS, WORKGROUP_SIZE: THREADS },
    fields: LINK,
    buffers: { sums: 4 * SUMS },
    groups,
  });
  try {
    return await work(kernel);
  } finally {
    kernel.dispose();
  }
}

/**
 * Compares the sums with the formula: after n links, a chain that started at v is at f + (v − f) kⁿ, f = m / (1 − k).
 */
async function check(kernel: BoundKernel, { columns }: Form): Promise<void> {
  kernel.submit();
  const fixed = LINK.m / (1 - LINK.k);
  const expected = Float64Array.from({ length: THREADS }, (_, thread) => {
    let sum = 0;
    for (let chain = 0; chain < 16; chain++) {
      const start = thread + 256 * (chain >> 2) + (chain % 4) / 4;
      sum += chain < 4 * columns ? fixed + (start - fixed) * LINK.k ** LINKS : start;
    }
    return sum;
  });
  const error = largestError(new Float32Array(await kernel.read("sums", 4 * THREADS)), expected);
  if (error > TOLERANCE) throw new Error(`chains of multiply-adds are wrong by ${error.toExponential(1)}`);
}
