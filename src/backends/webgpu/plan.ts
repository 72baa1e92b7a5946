/**
 * Which kernels take a training step and how they cut it up: a plan is data only, so that a choice can be reported,
 * kept and pinned. What the sizes mean for a dispatch is in dispatches.ts; which plan is fastest, the tuner finds out.
 */
import gradientShared from "../../../shaders/gradient-shared.wgsl";
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

/** Tiles in workgroup memory: scores with a maximum and a sum per tile, softmax in the gradient's load. */
export interface SharedTile {
  /** Rows, classes and vectors of features of a thread, of which a workgroup is 16 × 16. */
  readonly rows: number;
  readonly classes: number;
  readonly features4: number;
  readonly rowsPerSplit: number;
}

/** One kernel that reads X once and keeps the gradient in registers. */
export interface OneReadTile {
  /** Vectors of features of a thread. */
  readonly features4: number;
  readonly rowsPerSplit: number;
  readonly threads: number;
}

/**
 * How steps are taken. `rows`: forward, gradient, update; `shared`: the same through workgroup
 * memory; `one-read`: step, update.
 */
export interface StepPlan {
  readonly route: "rows" | "shared" | "one-read";
  readonly forward: ForwardTile;
  readonly gradient: GradientTile;
  readonly shared: SharedTile;
  readonly oneRead: OneReadTile;
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

/** The plan that is taken without measuring. */
export function defaultPlan({ features, classes }: ModelShape, traits: AdapterTraits): StepPlan {
  // Subgroups of four are the lanes of a vector: exchanging values costs less than loading them.
  const quads = traits.software && traits.subgroupSize === 4;
  const slices = traits.software ? 1 : Math.min(16, 2 ** Math.floor(Math.log2(Math.ceil(features / 16))));
  return {
    route: "rows",
    forward: quads ? quadForward(classes) : directForward(classes, Math.max(1, slices)),
    gradient: {
      kernel: quads ? "gradient-quad" : "gradient",
      classes: evenTile(classes, quads ? 25 : 10),
      features4: quads && classes <= 10 ? 3 : 2,
      rowsPerSplit: quads ? 64 : 16,
      busyThreads: quads ? 2 ** 9 : 2 ** 14,
      threads: 32,
    },
    shared: { rows: 4, classes: 4, features4: 1, rowsPerSplit: 64 },
    oneRead: {
      features4: 1,
      rowsPerSplit: Math.max(16, 8 * classes),
      threads: Math.min(traits.maxThreads, Math.ceil((Math.ceil(features / 4) + 1) / 32) * 32),
    },
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
export function isPossible(
  plan: StepPlan,
  { features, classes }: ModelShape,
  traits: AdapterTraits,
): boolean {
  const { route, forward, gradient, oneRead } = plan;
  const quads = forward.kernel === "forward-quad" || gradient.kernel === "gradient-quad";
  if ((quads || route === "one-read") && traits.subgroupSize < 4) return false;
  if (Math.max(forward.threads, gradient.threads) > traits.maxThreads) return false;
  if (gradient.threads % 4 > 0 || forward.threads % 4 > 0 || !isPowerOfTwo(forward.threads)) return false;
  if (forward.threads % forward.slices > 0) return false;
  if (forward.kernel === "forward-quad" && (forward.classes % 4 > 0 || forward.slices > 1)) return false;
  if (Math.max(...Object.values(registersOf(plan))) > MAX_TILE) return false;
  if (sharedBytesOf(plan, classes) > traits.maxSharedBytes) return false;
  if (route === "shared") return traits.maxThreads >= SHARED_SIDE ** 2;
  if (route === "one-read") {
    const vectors = Math.ceil(features / 4) + 1;
    const isHeld = oneRead.threads * oneRead.features4 >= vectors && classes * oneRead.features4 <= 32;
    return oneRead.threads <= traits.maxThreads && isHeld;
  }
  return true;
}

/** Most values that a thread may be asked to keep in registers: every one is written out in the shader. */
const MAX_TILE = 1024;

/** Threads of the kernels in workgroup memory along each side, and features or rows that they stage at once. */
export const SHARED_SIDE = Number(scoresShared.constants.SIDE);
const SCORES_DEPTH4 = Number(scoresShared.constants.DEPTH4);
const GRADIENT_DEPTH = Number(gradientShared.constants.DEPTH);

/** What gradient-shared keeps of a staged row beside its values, bytes: where it lies, its softmax, its loss. */
const FACTS_BYTES = 4 + 16 + 8;

/** Values in a thread's tile, by kernel. */
function registersOf({ forward, gradient, shared, oneRead }: StepPlan) {
  return {
    forward: forward.rows * forward.classes,
    gradient: 4 * gradient.classes * gradient.features4,
    scores: shared.rows * shared.classes,
    shared: 4 * shared.classes * shared.features4,
    oneRead: 4 * oneRead.features4,
  };
}

/** Workgroup memory of the kernels that a plan runs, bytes: the most that one takes. */
function sharedBytesOf({ route, forward, shared, oneRead }: StepPlan, classes: number): number {
  const sliced = forward.slices > 1 ? forward.threads * forward.rows * forward.classes * 4 : 0;
  const scores = SHARED_SIDE * ((shared.rows + shared.classes) * SCORES_DEPTH4 * 16 + shared.rows * 4);
  const staged = SHARED_SIDE * (4 * shared.classes + 16 * shared.features4);
  const gradients = GRADIENT_DEPTH * (staged + FACTS_BYTES);
  const ofRoute = {
    rows: 0,
    shared: Math.max(scores, gradients),
    "one-read": (Math.ceil(oneRead.threads / 4) + 1) * classes * 4,
  };
  return Math.max(sliced + forward.threads * 4, ofRoute[route] ?? 0);
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && (value & (value - 1)) === 0;
}

/** @throws OptionError a pinned plan of another form, or one that this device cannot run for this shape */
export function checkPlan(plan: StepPlan, shape: ModelShape, traits: AdapterTraits): StepPlan {
  const example = defaultPlan(shape, traits);
  for (const part of ["forward", "gradient", "shared", "oneRead"] as const) {
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
    ["rows", "shared", "one-read"].includes(plan.route) &&
    ["forward", "forward-quad"].includes(plan.forward.kernel) &&
    ["gradient", "gradient-quad"].includes(plan.gradient.kernel);
  if (!isKnown || !isPossible(plan, shape, traits))
    throw new OptionError(
      "tuning",
      "this plan cannot run on this device for this shape; let the tuner choose",
    );
  return plan;
}
