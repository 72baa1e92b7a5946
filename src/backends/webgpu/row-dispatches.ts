/** The dispatches of kernels that turn the scores of whole rows, `[rows,K]`, into results, whatever the rows were like. */
import outcomes from "../../../shaders/outcomes.wgsl";
import softmax from "../../../shaders/softmax.wgsl";
import type { Dataset } from "../backend.ts";
import type { Constants, Shader } from "./shader.ts";

/** One operation, ready to be compiled and dispatched. */
export interface Dispatch {
  readonly shader: Shader;
  readonly constants: Constants;
  /** Workgroups for `rows` rows of a batch whose gradient is in `splits` parts. */
  readonly groups: (rows: number, splits: number) => number;
  /** Number of loss pairs (½ Σ s·scale·CE, correct rows) that a dispatch writes; undefined: none. */
  readonly lossPairs?: (rows: number, splits: number) => number;
}

/** Properties of targets and weights on which kernels depend. */
export interface TargetsKind {
  readonly targetKind: Dataset["targetKind"];
  readonly isWeighted: boolean;
  /** Whether the kernels smooth the labels. */
  readonly isSmoothed: boolean;
}

/** Threads of a workgroup. */
const ROW_THREADS = 64;

/** Values of the kernels' constant TARGETS. */
const TARGETS = { none: 0, labels: 1, distributions: 2 } as const;

/** Returns the constants of kernels that read targets. */
export function targetsOf({ targetKind, isWeighted, isSmoothed }: TargetsKind) {
  return { TARGETS: TARGETS[targetKind], WEIGHTED: isWeighted, SMOOTHED: isSmoothed };
}

/** Returns the dispatch of softmax, loss and dLogits. */
export function softmaxDispatch(classes: number, kind: TargetsKind): Dispatch {
  const { constants, groups } = wholeRows(classes, targetsOf(kind));
  return { shader: softmax, constants, groups, lossPairs: groups };
}

/** Returns the dispatch of softmax without targets. */
export function probabilitiesDispatch(classes: number): Dispatch {
  return softmaxDispatch(classes, { targetKind: "none", isWeighted: false, isSmoothed: false });
}

/** Returns the dispatch of the predictions for each row. */
export function outcomesDispatch(classes: number, targetKind: TargetsKind["targetKind"]): Dispatch {
  return { shader: outcomes, ...wholeRows(classes, { TARGETS: TARGETS[targetKind] }) };
}

/** Returns constants and workgroups of kernels in which LANES threads share a row. */
export function wholeRows(classes: number, targets: Constants) {
  const lanes = Math.min(ROW_THREADS, 2 ** Math.max(0, Math.ceil(Math.log2(classes / 16))));
  return {
    constants: { CLASSES: classes, ...targets, LANES: lanes, WORKGROUP_SIZE: ROW_THREADS },
    groups: (rows: number) => Math.ceil((rows * lanes) / ROW_THREADS),
  };
}
