/**
 * Plans: which kernels run a training step, and with what tile sizes. A plan is data only, so that a choice can be
 * reported, cached and pinned. dispatches.ts translates the sizes for a dispatch; tuner.ts finds the fastest plan.
 */
import scoresShared from "../../../shaders/scores-shared.wgsl";
import { OptionError } from "../../errors.ts";
import type { ModelShape } from "../backend.ts";
import type { AdapterTraits } from "./gpu-device.ts";

/** Tiles of the kernel that computes scores, softmax, loss and dLogits in one dispatch. */
export interface ForwardTile {
  readonly kernel: "forward" | "forward-quad";
  /** Rows per thread. In forward-quad four threads share a tile, which has four times as many. */
  readonly rows: number;
  /** Classes of a tile; in forward-quad a multiple of four. */
  readonly classes: number;
  /** Threads that share the features of a tile; 1 in forward-quad. */
  readonly slices: number;
  /** Threads of a workgroup. */
  readonly threads: number;
}

/** Tiles of the kernel that computes partial gradients from rows and dLogits. */
export interface GradientTile {
  readonly kernel: "gradient" | "gradient-quad";
  readonly classes: number;
  /** Vectors of four features of a thread's tile. */
  readonly features4: number;
  /** Fewest rows of a partial gradient. */
  readonly rowsPerSplit: number;
  /** Threads to keep busy before a thread gets more rows to itself. */
  readonly busyThreads: number;
  /** Threads of a workgroup. */
  readonly threads: number;
}

/** Tiles of the two kernels that work in workgroup memory. A workgroup is 16 × 16 threads. */
export interface SharedTile {
  /** For the scores: rows and classes per thread, and vectors of features that are staged at once. */
  readonly rows: number;
  readonly classes: number;
  readonly depth4: number;
  /** For the gradient: vectors of four classes and of four features per thread, and rows that are staged at once. */
  readonly classes4: number;
  readonly features4: number;
  readonly depth: number;
  /** Fewest rows of a partial gradient. */
  readonly rowsPerSplit: number;
  /** Threads to keep busy before a workgroup gets more rows to itself. */
  readonly busyThreads: number;
}

/** How an update adds up the partial gradients. */
export interface UpdateTile {
  /** Most threads that share the sum of a vector of parameters; a power of two. */
  readonly lanes: number;
}

/**
 * How steps are computed. Route `rows`: forward, gradient, update; route `shared`: scores in workgroup memory, softmax,
 * gradient in workgroup memory, update.
 */
export interface StepPlan {
  readonly route: "rows" | "shared";
  readonly forward: ForwardTile;
  readonly gradient: GradientTile;
  readonly shared: SharedTile;
  readonly update: UpdateTile;
}

/** Fewest classes, and fewest scores of all rows, for which tiles in workgroup memory keep a GPU busy. */
const SHARED_FROM = { classes: 64, scores: 2 ** 19 };

/**
 * Returns the plan for steps of `rows` rows, or of a pass over all rows, that is used unless tuning finds a better
 * one.
 */
export function defaultPlan(
  { features, classes }: ModelShape,
  traits: AdapterTraits,
  rows = Infinity,
): StepPlan {
  // Subgroups of four are the lanes of a vector: exchanging values costs less than loading them.
  const quads = traits.software && traits.subgroupSize === 4;
  const slices = traits.software ? 1 : Math.min(16, powerOfTwoUpTo(Math.ceil(features / 16)));
  const fillsTiles = classes >= SHARED_FROM.classes && classes * rows >= SHARED_FROM.scores;
  return {
    route: !traits.software && fillsTiles && canShare(traits) ? "shared" : "rows",
    forward: quads ? quadForward(classes) : directForward(classes, Math.max(1, slices)),
    gradient: {
      kernel: quads ? "gradient-quad" : "gradient",
      classes: evenTile(classes, quads ? 25 : 10),
      features4: quads ? (classes <= 10 ? 3 : 2) : traits.software ? 2 : 1,
      rowsPerSplit: quads ? 64 : 16,
      busyThreads: quads ? 2 ** 9 : traits.software ? 2 ** 14 : 2 ** 16,
      threads: 32,
    },
    shared: {
      rows: 4,
      classes: 4,
      depth4: 4,
      classes4: 1,
      features4: 1,
      depth: 16,
      rowsPerSplit: 64,
      busyThreads: 2 ** 17,
    },
    update: { lanes: traits.software ? 1 : powerOfTwoUpTo(Math.min(32, traits.maxThreads / UPDATE_VECTORS)) },
  };
}

/** Returns tiles of forward-quad, in multiples of four classes, that waste the fewest classes in the last tile. */
export function quadForward(classes: number, rows = 4, maxClasses = 20): ForwardTile {
  const tiles = Math.ceil(classes / maxClasses);
  return {
    kernel: "forward-quad",
    rows,
    classes: Math.ceil(classes / tiles / 4) * 4,
    slices: 1,
    threads: 16,
  };
}

/** Returns tiles of single threads, or of `slices` threads that share the features. */
export function directForward(classes: number, slices = 1, rows = 4, maxClasses = 10): ForwardTile {
  return {
    kernel: "forward",
    rows,
    classes: evenTile(classes, maxClasses),
    slices,
    threads: slices === 1 ? 32 : 64,
  };
}

/** Returns the number of classes per tile, at most `most`, that wastes the fewest in the last tile. */
export function evenTile(classes: number, most: number): number {
  return Math.ceil(classes / Math.ceil(classes / most));
}

/** Whether a device has the subgroups, threads and workgroup memory that a plan needs. */
export function isPossible(plan: StepPlan, traits: AdapterTraits): boolean {
  const { route, forward, gradient, update } = plan;
  const quads = forward.kernel === "forward-quad" || gradient.kernel === "gradient-quad";
  if (quads && traits.subgroupSize < 4) return false;
  if (Math.max(forward.threads, gradient.threads, update.lanes * UPDATE_VECTORS) > traits.maxThreads)
    return false;
  if (gradient.threads % 4 > 0 || forward.threads % 4 > 0 || !isPowerOfTwo(forward.threads)) return false;
  if (forward.threads % forward.slices > 0 || !isPowerOfTwo(update.lanes)) return false;
  if (forward.kernel === "forward-quad" && (forward.classes % 4 > 0 || forward.slices > 1)) return false;
  if (Math.max(...Object.values(registersOf(plan))) > MAX_TILE) return false;
  if (sharedBytesOf(plan) > traits.maxSharedBytes) return false;
  return route !== "shared" || canShare(traits);
}

/** Whether a device allows workgroups as large as those of the route `shared`. */
function canShare({ maxThreads }: AdapterTraits): boolean {
  return maxThreads >= SHARED_SIDE ** 2;
}

/** Most values that a thread keeps in registers: each is a variable of its own in the unrolled shader. */
const MAX_TILE = 1024;

/** Fewest neighbouring vectors of parameters that a workgroup of an update processes. */
export const UPDATE_VECTORS = 8;

/** Threads along each side of the workgroups of the route `shared`. */
export const SHARED_SIDE = Number(scoresShared.constants.SIDE);

/** Returns the number of values in a thread's tile, by kernel. */
function registersOf({ forward, gradient, shared }: StepPlan) {
  return {
    forward: forward.rows * forward.classes,
    gradient: 4 * gradient.classes * gradient.features4,
    scores: shared.rows * shared.classes,
    shared: 16 * shared.classes4 * shared.features4,
  };
}

/** Returns the most workgroup memory that a kernel of a plan takes, bytes. */
function sharedBytesOf({ route, forward, shared }: StepPlan): number {
  const sliced = forward.slices > 1 ? forward.threads * forward.rows * forward.classes * 4 : 0;
  // One vector of padding avoids bank conflicts; the position of each row is stored beside them.
  const scores = SHARED_SIDE * ((shared.rows + shared.classes) * (shared.depth4 + 1) * 16 + shared.rows * 4);
  const gradients = SHARED_SIDE * shared.depth * 16 * (shared.classes4 + shared.features4);
  const ofRoute = { rows: 0, shared: Math.max(scores, gradients) };
  return Math.max(sliced + forward.threads * 4, ofRoute[route] ?? 0);
}

/** Returns the largest power of two up to `most` ≥ 1. */
export function powerOfTwoUpTo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && (value & (value - 1)) === 0;
}

/** Checks a pinned plan. @throws OptionError if it has another form, or this device cannot run it for this shape */
export function checkPlan(plan: StepPlan, shape: ModelShape, traits: AdapterTraits): StepPlan {
  const example = defaultPlan(shape, traits);
  for (const part of ["forward", "gradient", "shared", "update"] as const) {
    for (const [name, value] of Object.entries(example[part])) {
      const given: unknown = Reflect.get(Object(plan?.[part]), name);
      const fits =
        typeof value === "string" ? typeof given === "string" : Number.isInteger(given) && Number(given) >= 1;
      if (!fits)
        throw new OptionError(
          `tuning.${part}.${name}`,
          `expected a plan as the tuner reports it, got ${String(given)}`,
        );
    }
  }
  const isKnown =
    ["rows", "shared"].includes(plan.route) &&
    ["forward", "forward-quad"].includes(plan.forward.kernel) &&
    ["gradient", "gradient-quad"].includes(plan.gradient.kernel);
  if (!isKnown || !isPossible(plan, traits))
    throw new OptionError(
      "tuning",
      "expected a plan that this device can run for this shape, got one that it cannot; let the tuner choose",
    );
  return plan;
}
