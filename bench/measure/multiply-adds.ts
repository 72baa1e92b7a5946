/**
 * The multiply-add ceiling. A ceiling that is too low would flatter every kernel, so the chains are tried in
 * several forms: how many, since registers are few or many, and fused by name or not.
 */
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import type { Spread } from "../record.ts";
import fma from "../shaders/fma.wgsl";
import { measureBest } from "./best-form.ts";
import { largestError } from "./error.ts";
import { KernelRun } from "./kernel-run.ts";
import type { PassClock } from "./pass-clock.ts";
import { rateOf } from "./statistics.ts";

/** One way to write the chains. */
interface Form {
  /** Vectors of four chains of a thread. */
  readonly columns: number;
  readonly fused: boolean;
}

const FORMS: readonly Form[] = [1, 2, 3, 4].flatMap((columns) =>
  [false, true].map((fused) => ({ columns, fused })),
);

/** Shortest dispatch that counts, ms: long beside the gap between two. */
const DISPATCH_TIME = 2;

const MAX_GROUPS = 65_535;
const THREADS = 256;
const ROUNDS = 64;
const LINKS = 16 * ROUNDS;

/** Places for sums; threads that are a multiple of this apart share one. */
const SUMS = 256 * THREADS;

/** Every chain's link. Far from its fixed point after all rounds, so that each link shows in the result. */
const LINK = { k: Math.fround(0.999), m: 0.5 };

/** What float32 loses over all links, as a share of the result. */
const TOLERANCE = 1e-3;

/** GFLOP/s of the fastest form. @throws Error  a form computes something else */
export async function measureMultiplyAdds(
  gpu: GpuDevice,
  clock: PassClock,
  rounds: number,
  signal?: AbortSignal,
): Promise<Spread> {
  const groups = await groupsThatCount(gpu, clock, signal);
  const rate = (form: Form, count: number) => {
    const flops = groups * THREADS * form.columns * 4 * LINKS * 2;
    return withForm(gpu, form, groups, async (run) => {
      await check(run, form);
      return rateOf(flops, await clock.measure(run.encode, count, signal));
    });
  };
  return measureBest(FORMS, rate, rounds);
}

/** Workgroups of a dispatch that is long enough. */
async function groupsThatCount(gpu: GpuDevice, clock: PassClock, signal?: AbortSignal): Promise<number> {
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
  work: (run: KernelRun) => Promise<T>,
): Promise<T> {
  const run = await KernelRun.create(gpu, {
    shader: fma,
    constants: { COLUMNS: columns, FUSED: fused, ROUNDS, WORKGROUP_SIZE: THREADS },
    fields: LINK,
    buffers: { sums: 4 * SUMS },
    groups,
  });
  try {
    return await work(run);
  } finally {
    run.dispose();
  }
}

/** After n links a chain that started at v is at  f + (v − f) kⁿ,  f = m / (1 − k). */
async function check(run: KernelRun, { columns }: Form): Promise<void> {
  run.submit();
  const fixed = LINK.m / (1 - LINK.k);
  const expected = Float64Array.from({ length: THREADS }, (_, thread) => {
    let sum = 0;
    for (let chain = 0; chain < 16; chain++) {
      const start = thread + 256 * (chain >> 2) + (chain % 4) / 4;
      sum += chain < 4 * columns ? fixed + (start - fixed) * LINK.k ** LINKS : start;
    }
    return sum;
  });
  const error = largestError(new Float32Array(await run.read("sums", 4 * THREADS)), expected);
  if (error > TOLERANCE) throw new Error(`chains of multiply-adds are wrong by ${error.toExponential(1)}`);
}
