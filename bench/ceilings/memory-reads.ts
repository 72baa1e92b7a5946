/** The read ceiling: a buffer larger than caches, read once from end to end by neighbouring threads. */
import { DeviceError, type GpuDevice } from "../../src/backends/webgpu/index.ts";
import { BoundKernel } from "../kernels/bound-kernel.ts";
import type { PassClock } from "../measure/pass-clock.ts";
import { bestRate, rateOf } from "../measure/statistics.ts";
import type { Spread } from "../record.ts";
import fill from "../shaders/fill.wgsl";
import read from "../shaders/read.wgsl";

/** Bytes of the buffer; the largest that can be allocated is taken. GPUs have caches of up to 128 MB. */
const SIZES = [2 ** 29, 2 ** 28, 2 ** 27, 2 ** 26];

/** Most bytes on a software adapter. */
const SOFTWARE_SIZE = 2 ** 26;

/** One way to share the buffer among threads. */
interface Form {
  /** Number of vectors that a thread reads. */
  readonly loads: number;
  /** Number of threads in a workgroup. */
  readonly threads: number;
}

/** The forms that are tried: many threads for GPUs, long runs for software adapters. */
const FORMS: readonly Form[] = [
  { loads: 8, threads: 256 },
  { loads: 32, threads: 256 },
  { loads: 64, threads: 64 },
  { loads: 256, threads: 64 },
];

/** Number of threads in a workgroup that fills the buffer. */
const FILL_THREADS = 256;

/** Word n of the buffer is n · FACTOR modulo 2³², see fill.wgsl. */
const FACTOR = 2_654_435_761n;

/**
 * Measures GB/s of the fastest form.
 *
 * @throws Error  the sum of what was read is wrong; LimitError, DeviceError  no room
 */
export async function measureMemoryReads(
  gpu: GpuDevice,
  clock: PassClock,
  rounds: number,
  signal?: AbortSignal,
): Promise<Spread> {
  const { source, bytes } = await filledBuffer(gpu);
  try {
    return await bestRate(
      FORMS,
      (form, count) =>
        withForm(gpu, form, source.buffer("words"), bytes, async ({ encode }) =>
          rateOf(bytes, await clock.measure(encode, count, signal)),
        ),
      rounds,
    );
  } finally {
    source.dispose();
  }
}

async function filledBuffer(gpu: GpuDevice): Promise<{ source: BoundKernel; bytes: number }> {
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
  const most = Math.min(
    maxBufferSize,
    maxStorageBufferBindingSize,
    gpu.info.software ? SOFTWARE_SIZE : Infinity,
  );
  const sizes = SIZES.filter((size) => size <= most);
  for (const bytes of sizes) {
    try {
      const source = await BoundKernel.create(gpu, {
        shader: fill,
        constants: { WORKGROUP_SIZE: FILL_THREADS },
        fields: { vectors: bytes / 16 },
        buffers: { words: bytes },
        groups: bytes / 16 / FILL_THREADS,
      });
      source.submit();
      return { source, bytes };
    } catch (error) {
      // Out of memory: the next size is half of this one.
      if (!(error instanceof DeviceError) || !gpu.alive) throw error;
    }
  }
  throw new Error(`no buffer of ${SIZES[SIZES.length - 1] / 2 ** 20} MiB or more to read from`);
}

/** Checks that a form reads everything, then runs `work` with it. */
async function withForm<T>(
  gpu: GpuDevice,
  { loads, threads }: Form,
  words: GPUBuffer,
  bytes: number,
  work: (kernel: BoundKernel) => Promise<T>,
): Promise<T> {
  const vectors = bytes / 16;
  const sumBytes = (4 * vectors) / loads;
  const kernel = await BoundKernel.create(gpu, {
    shader: read,
    constants: { LOADS: loads, WORKGROUP_SIZE: threads },
    fields: { vectors },
    buffers: { words, sums: sumBytes },
    groups: vectors / loads / threads,
  });
  try {
    kernel.submit();
    const sums = new Uint32Array(await kernel.read("sums", sumBytes));
    const sum = sums.reduce((total, value) => (total + value) >>> 0, 0);
    if (sum !== expectedSum(bytes / 4)) throw new Error("the sum of what was read is wrong");
    return await work(kernel);
  } finally {
    kernel.dispose();
  }
}

/** Returns Σ n · FACTOR over all words, modulo 2³². */
function expectedSum(words: number): number {
  const n = BigInt(words);
  return Number(BigInt.asUintN(32, ((n * (n - 1n)) / 2n) * FACTOR));
}
