/** The plan of one click: ours and others at the shape that the headline is about, as far as this machine can. */
import type { BenchPlan, ContenderId } from "../plan.ts";
import type { AdapterRecord, BenchShape } from "../record.ts";

/** A large batch of MNIST would flatter a GPU, a small one a CPU; nobody takes long for this one. */
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
