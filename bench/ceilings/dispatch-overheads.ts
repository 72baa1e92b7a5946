/**
 * The cost of a submit with the wait for it, and of one more dispatch in a pass, encoding included; by the wall clock,
 * since that is what a caller waits for. Each dispatch adds 1 to a counter, which shows that all ran.
 */
import type { GpuDevice } from "../../src/backends/webgpu/index.ts";
import { BoundKernel } from "../kernels/bound-kernel.ts";
import { spreadOf } from "../measure/statistics.ts";
import type { CeilingsRecord, Spread } from "../record.ts";
import count from "../shaders/count.wgsl";

/** Shortest round, ms. */
const ROUND_TIME = 40;

const MAX_COUNT = 2 ** 16;

/** Measures both in µs. @throws Error  a dispatch was lost; DeviceError */
export async function measureOverheads(
  gpu: GpuDevice,
  rounds: number,
  signal?: AbortSignal,
): Promise<Pick<CeilingsRecord, "dispatch" | "submit">> {
  const kernel = await BoundKernel.create(gpu, {
    shader: count,
    constants: {},
    fields: { amount: 1 },
    buffers: { total: 4 },
    groups: 1,
  });
  let dispatched = 0;
  const dispatches = async (number: number) => {
    kernel.submit(number);
    dispatched += number;
    await gpu.device.queue.onSubmittedWorkDone();
    gpu.assertAlive();
  };
  const submits = async (number: number) => {
    for (let i = 0; i < number; i++) await dispatches(1);
  };
  try {
    const submit = await timeOf(submits, rounds, signal);
    const dispatch = await timeOf(dispatches, rounds, signal, submit.median);
    const [total] = new Uint32Array(await kernel.read("total", 4));
    if (total !== dispatched) throw new Error(`${dispatched} dispatches were sent, ${total} ran`);
    return { submit, dispatch };
  } finally {
    kernel.dispose();
  }
}

/** Measures the µs of one unit of `work`, in rounds of many units. `once` is the fixed cost of a round in µs. */
async function timeOf(
  work: (number: number) => Promise<void>,
  rounds: number,
  signal: AbortSignal | undefined,
  once = 0,
): Promise<Spread> {
  const time = async (number: number) => {
    signal?.throwIfAborted();
    const started = performance.now();
    await work(number);
    return performance.now() - started;
  };
  await time(1);
  let number = 8;
  for (;;) {
    const elapsed = await time(number);
    if (elapsed >= ROUND_TIME || number === MAX_COUNT) break;
    const wanted = Math.ceil((1.2 * number * ROUND_TIME) / Math.max(elapsed, 0.1));
    number = Math.min(wanted, 8 * number, MAX_COUNT);
  }
  const times: number[] = [];
  for (let round = 0; round < rounds; round++)
    times.push(Math.max(0, (1000 * (await time(number)) - once) / number));
  return spreadOf(times);
}
