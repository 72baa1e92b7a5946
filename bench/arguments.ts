/** The command line of `npm run bench`, and the plan that it asks for. */
import { Command, InvalidArgumentError } from "commander";
import { sweepShapes } from "./measure/exponents.ts";
import type { BenchPlan, ContenderId } from "./plan.ts";
import type { BenchShape, BenchStorage } from "./record.ts";

const SHAPES = "128x784x10,1024x784x10,4096x784x10,1024x768x100,1024x512x1000";
const SWEEP_BASE = "1024x256x16";
const SWEEP_DOUBLINGS = 3;
const ROUNDS = { full: 9, quick: 3 };
const STORAGES: readonly string[] = ["f32", "f16", "u8"] satisfies BenchStorage[];
const OWN: readonly ContenderId[] = ["own-webgpu", "own-webgpu-untuned", "own-wasm", "own-wasm-2"];
const PEERS: readonly ContenderId[] = ["tfjs-webgpu", "jax-webgpu", "tfjs-wasm", "jax-wasm"];

/** The arguments of the command line. */
export interface BenchArguments {
  readonly plan: BenchPlan;
  /** Whether to fit growth exponents to the steps. */
  readonly sweep: boolean;
  /** File to write the record to. */
  readonly json?: string;
}

interface Options {
  readonly peers: boolean;
  readonly shapes?: readonly BenchShape[];
  readonly quick: boolean;
  readonly storage: readonly BenchStorage[];
  readonly kernels?: boolean;
  readonly sweep: boolean;
  readonly json?: string;
  readonly node: boolean;
}

/** Reads the command line. Prints help or an error and exits if it asks for help or is wrong. */
export function parseArguments(argv: readonly string[]): BenchArguments {
  const command = new Command("npm run bench --")
    .description(
      "Measures training steps, kernels and the adapter's ceilings, in headless Chrome or in Node.",
    )
    .option("--peers", "measure TF.js and jax-js as well, alternating", false)
    .option("--shapes <NxDxK,…>", `rows × features × classes of the steps (default: ${SHAPES})`, parseShapes)
    .option("--quick", "fewer rounds; ceilings and kernels only with --kernels", false)
    .option("--storage <list>", "how X is stored for our WebGPU: f32, f16, u8", parseStorages, [
      "f32",
    ] as const)
    .option("--kernels", "ceilings of the adapter and each kernel alone (default, unless --quick)")
    .option("--no-kernels", "steps alone")
    .option("--sweep", `double N, D and K from a base (--shapes, or ${SWEEP_BASE}) and fit exponents`, false)
    .option("--json <file>", "write the record there")
    .option("--node", "run in this Node process on Dawn; needs the package webgpu", false)
    .allowExcessArguments(false)
    .parse(argv);
  const options = command.opts<Options>();
  if (options.node && options.peers)
    command.error("error: --peers needs a browser, so it does not go with --node");
  const { sweep, json } = options;
  return { plan: sweep ? sweepPlan(options) : planOf(options), sweep, ...(json !== undefined && { json }) };
}

/** Reads shapes written as `1024x784x10,…`. @throws InvalidArgumentError */
export function parseShapes(text: string): BenchShape[] {
  return text.split(",").map((shape) => {
    const match = /^([1-9]\d*)x([1-9]\d*)x([1-9]\d*)$/.exec(shape.trim());
    if (!match) throw new InvalidArgumentError("Write shapes as 1024x784x10.");
    const [rows, features, classes] = match.slice(1).map(Number);
    return { rows, features, classes };
  });
}

function parseStorages(text: string): BenchStorage[] {
  const names = text.split(",").map((name) => name.trim());
  if (!names.every((name): name is BenchStorage => STORAGES.includes(name)))
    throw new InvalidArgumentError(`Storages are ${STORAGES.join(", ")}.`);
  return [...new Set(names)] as BenchStorage[];
}

function planOf({ shapes, storage, peers, quick, kernels = !quick }: Options): BenchPlan {
  return {
    shapes: shapes ?? parseShapes(SHAPES),
    storages: storage,
    contenders: peers ? [...OWN, ...PEERS] : OWN,
    ceilings: kernels,
    kernels,
    rounds: quick ? ROUNDS.quick : ROUNDS.full,
  };
}

function sweepPlan({ shapes, quick }: Options): BenchPlan {
  const [base] = shapes ?? parseShapes(SWEEP_BASE);
  return {
    shapes: sweepShapes(base, SWEEP_DOUBLINGS),
    storages: ["f32"],
    contenders: ["own-webgpu", "own-wasm"],
    ceilings: false,
    kernels: false,
    rounds: quick ? ROUNDS.quick : ROUNDS.full,
  };
}
