/**
 * Which kernels take a training step and how they cut it up: a plan is data only, so that a choice can be reported,
 * kept and pinned. What the sizes mean for a dispatch is in dispatches.ts; which plan is fastest, the tuner finds out.
 */
import scoresShared from "../../../shaders/scores-shared.wgsl";
import { OptionError } from "../../errors.ts";
import type { ModelShape } from "../backend.ts";

/** Scores, softmax, loss and dLogits in one dispatch. */
export interface ForwardTile {
  readonly kernel: "forward" | "forward-quad";
  /** Rows of a thread's tile; of a quad's, a quarter. */
  readonly rows: number;
  /** Classes of a tile; of a quad's, a multiple of four. */
  readonly classes: number;
  /** Threads that share a tile's features; 1 for quads. */
  readonly slices: number;
  /** Threads of a workgroup. */
  readonly threads: number;
}

/** Partial gradients from rows and dLogits. */
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

/** Tiles in workgroup memory. A workgroup is 16 × 16 threads. */
export interface SharedTile {
  /** Of the scores: rows and classes of a thread, and vectors of features that are staged at once. */
  readonly rows: number;
  readonly classes: number;
  readonly depth4: number;
  /** Of the gradient: vectors of four classes and of four features of a thread, and rows that are staged at once. */
  readonly classes4: number;
  readonly features4: number;
  readonly depth: number;
  /** Fewest rows of a partial gradient. */
  readonly rowsPerSplit: number;
  /** Threads to keep busy before a workgroup gets more rows to itself. */
  readonly busyThreads: number;
}

/** The sum of the partial gradients that comes before an update. */
export interface UpdateTile {
  /** Most threads that share the sum of a vector of parameters; a power of two. */
  readonly lanes: number;
}

/**
 * How steps are taken. `rows`: forward, gradient, update; `shared`: scores through workgroup memory, softmax, gradient
 * through workgroup memory, update.
 */
export interface StepPlan {
  readonly route: "rows" | "shared";
  readonly forward: ForwardTile;
  readonly gradient: GradientTile;
  readonly shared: SharedTile;
  readonly update: UpdateTile;
}

/** What a plan depends on beside the shape. */
export interface AdapterTraits {
  /** Threads are the lanes of a CPU's vectors. */
  readonly software: boolean;
  /** Most threads of a subgroup; 0: there are none. */
  readonly subgroupSize: number;
  /** Threads of a workgroup, and its memory in bytes. */
  readonly maxThreads: number;
  readonly maxSharedBytes: number;
}

/** Classes, and scores of all rows, from which tiles in workgroup memory keep a GPU busy. */
const SHARED_FROM = { classes: 64, scores: 2 ** 19 };

/** The plan that is taken without measuring, for so many rows at once: those of a batch, or all of a pass. */
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

/** Whole tiles of quads: four classes at a time, as few as possible sticking out. */
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

/** Tiles of single threads, or of `slices` threads that share the features. */
export function directForward(classes: number, slices = 1, rows = 4, maxClasses = 10): ForwardTile {
  return {
    kernel: "forward",
    rows,
    classes: evenTile(classes, maxClasses),
    slices,
    threads: slices === 1 ? 32 : 64,
  };
}

/** Classes of a tile: at most `most`, with as few as possible sticking out of the last tile. */
export function evenTile(classes: number, most: number): number {
  return Math.ceil(classes / Math.ceil(classes / most));
}

/**
 * Whether a device can run a plan for a shape: what needs subgroups, threads or workgroup
 * memory that are not there cannot.
 */
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

/** Whether the workgroups that work in workgroup memory have the threads they need. */
function canShare({ maxThreads }: AdapterTraits): boolean {
  return maxThreads >= SHARED_SIDE ** 2;
}

/** Most values that a thread may be asked to keep in registers: every one is written out in the shader. */
const MAX_TILE = 1024;

/** Neighbouring vectors of parameters that an update's workgroup takes at least. */
export const UPDATE_VECTORS = 8;

/** Threads along each side of the workgroups that work in workgroup memory. */
export const SHARED_SIDE = Number(scoresShared.constants.SIDE);

/** Values in a thread's tile, by kernel. */
function registersOf({ forward, gradient, shared }: StepPlan) {
  return {
    forward: forward.rows * forward.classes,
    gradient: 4 * gradient.classes * gradient.features4,
    scores: shared.rows * shared.classes,
    shared: 16 * shared.classes4 * shared.features4,
  };
}

/** Workgroup memory of the kernels that a plan runs, bytes: the most that one takes. */
function sharedBytesOf({ route, forward, shared }: StepPlan): number {
  const sliced = forward.slices > 1 ? forward.threads * forward.rows * forward.classes * 4 : 0;
  // One vector beside those that are staged keeps threads from waiting for each other; each row's place lies there, too.
  const scores = SHARED_SIDE * ((shared.rows + shared.classes) * (shared.depth4 + 1) * 16 + shared.rows * 4);
  const gradients = SHARED_SIDE * shared.depth * 16 * (shared.classes4 + shared.features4);
  const ofRoute = { rows: 0, shared: Math.max(scores, gradients) };
  return Math.max(sliced + forward.threads * 4, ofRoute[route] ?? 0);
}

/** The largest power of two that is no more than `most` ≥ 1. */
export function powerOfTwoUpTo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && (value & (value - 1)) === 0;
}

/** @throws OptionError a pinned plan of another form, or one that this device cannot run for this shape */
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
      "this plan cannot run on this device for this shape; let the tuner choose",
    );
  return plan;
}
