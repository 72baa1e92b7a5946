/** The plan of one click: ours and others at the shape that the headline is about, as far as this machine can. */
import type { BenchPlan, ContenderId } from "../plan.ts";
import type { AdapterRecord, BenchShape } from "../record.ts";

/** A medium batch of MNIST: a large one favours GPUs and a small one CPUs, and every contender takes this one quickly. */
export const HEADLINE_SHAPE: BenchShape = { rows: 1024, features: 784, classes: 10 };

const ROUNDS = 5;
/** On software adapters, on which steps of some libraries take most of a second. */
const FEW_ROUNDS = 3;

/** A machine, as far as the plan depends on it. */
export interface ThisMachine {
  /** null without WebGPU. */
  readonly adapter: AdapterRecord | null;
  readonly cores: number;
}

/**
 * Returns the plan. Steps come first, so that the headline does; the GPU itself is measured after them, unless it is
 * software, whose kernels say nothing about a GPU.
 */
export function oneClickPlan({ adapter, cores }: ThisMachine): BenchPlan {
  const onGpu = (...ids: ContenderId[]) => (adapter ? ids : []);
  const isGpu = adapter !== null && !adapter.software;
  return {
    shapes: [HEADLINE_SHAPE],
    storages: ["f32"],
    contenders: [
      ...onGpu("own-webgpu"),
      "own-wasm",
      ...(cores > 1 ? (["own-wasm-2"] as const) : []),
      ...onGpu("tfjs-webgpu", "jax-webgpu"),
      "tfjs-wasm",
      "jax-wasm",
    ],
    ceilings: isGpu,
    kernels: isGpu,
    rounds: adapter?.software ? FEW_ROUNDS : ROUNDS,
  };
}
