/** The operations of a trainer, each run on the device and on the reference and compared. */
import type { LossAndGradient, OptimiserState, SgdResult } from "../../src/backends/backend.ts";
import { secondMoments } from "../../src/backends/reference/index.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Comparison } from "./compare.ts";
import type { CaseKind } from "./draw-case.ts";
import { restOfNewtonStep } from "./newton-rest.ts";
import { correctSpan, nearestIn, settledPredictions } from "./rankings.ts";
import { float32Tolerance, type Tolerance } from "./tolerance.ts";
import { EXACT, largestOf, type Side, type Truth } from "./truth.ts";

/** Compares the device's results of one operation with the reference's. */
export type Check = (device: Side, signal: AbortSignal | undefined) => Promise<Comparison[]>;

/** One operation of a trainer. */
export interface Operation {
  readonly name: string;
  readonly kinds: readonly CaseKind[];
  /** Runs the operation on the reference. Returns null if the case is too large for it, or has nothing to do. */
  prepare(truth: Truth, signal: AbortSignal | undefined): Promise<Check | null>;
}

const FINITE: readonly CaseKind[] = ["dense", "sparse", "extreme"];
const ALL: readonly CaseKind[] = [...FINITE, "lost"];

/** Most multiply-adds of a check that costs more than a pass. */
const MOST_PRODUCTS = 2 ** 22;

const one = (value: number) => [value];

const scores: Operation = {
  name: "scores",
  kinds: FINITE,
  async prepare({ scores: { logits }, tolerances }) {
    return async ({ trainer, data }, signal) => [
      {
        part: "logits",
        actual: await trainer.logits(data, { signal }),
        expected: logits,
        tolerance: tolerances.scores,
      },
    ];
  },
};

const probabilities: Operation = {
  name: "probabilities",
  kinds: ALL,
  async prepare({ side, tolerances }, signal) {
    const expected = await side.trainer.probabilities(side.data, { signal });
    return async ({ trainer, data }, signal) => [
      {
        part: "probabilities",
        actual: await trainer.probabilities(data, { signal }),
        expected,
        tolerance: tolerances.probabilities,
      },
    ];
  },
};

const outcomesOfRows: Operation = {
  name: "outcomes",
  kinds: ALL,
  async prepare({ side, scores, ranks, tolerances }, signal) {
    const truth = await side.trainer.outcomes(side.data, { signal });
    return async ({ trainer, data }, signal) => {
      const seen = await trainer.outcomes(data, { signal });
      const predicted = settledPredictions(seen.predicted, truth.predicted, scores);
      return [
        { part: "predicted", actual: predicted, expected: truth.predicted, tolerance: EXACT },
        {
          part: "rank",
          actual: seen.rank,
          expected: ranks.map((span, i) => nearestIn(span, seen.rank[i])),
          tolerance: EXACT,
        },
        {
          part: "confidence",
          actual: seen.confidence,
          expected: truth.confidence,
          tolerance: tolerances.probabilities,
        },
      ];
    };
  },
};

const evaluation: Operation = {
  name: "evaluation",
  kinds: [...ALL, "far"],
  async prepare(truth, signal) {
    const { side, tolerances } = truth;
    const smoothed = [true, false] as const;
    const run = async ({ trainer, data }: Side, signal: AbortSignal | undefined) => {
      const seen = [];
      for (const isSmoothed of smoothed) seen.push(await trainer.evaluate(data, { isSmoothed, signal }));
      return seen;
    };
    const expected = await run(side, signal);
    return async (device, signal) =>
      (await run(device, signal)).flatMap(({ loss, correct }, i) => [
        { part: "loss", actual: one(loss), expected: one(expected[i].loss), tolerance: tolerances.loss },
        correctOf(truth, correct),
      ]);
  },
};

const lossAndGradient: Operation = {
  name: "loss and gradient",
  kinds: [...ALL, "far", "on the GPU"],
  async prepare(truth, signal) {
    const { side, drawn } = truth;
    const expected = await side.trainer.lossAndGradient(side.data, drawn.l2, { signal });
    return async ({ trainer, data }, signal) =>
      compareGradients(await trainer.lossAndGradient(data, drawn.l2, { signal }), expected, truth);
  },
};

/** Compares losses, correct rows and gradients; a gradient with lost rows that count need not be finite anywhere. */
function compareGradients(
  seen: LossAndGradient,
  expected: LossAndGradient,
  truth: Truth,
  hasSameWeights = true,
): Comparison[] {
  const { tolerances, drawn } = truth;
  const loss = {
    part: "loss",
    actual: one(seen.loss),
    expected: one(expected.loss),
    tolerance: tolerances.loss,
  };
  if (drawn.kind === "far") return [loss];
  const both = [loss, ...(hasSameWeights ? [correctOf(truth, seen.correct)] : [])];
  if (Number.isNaN(expected.loss)) {
    const isLost = !seen.dWeights.every(Number.isFinite);
    return [
      ...both,
      { part: "a lost gradient", actual: one(Number(isLost)), expected: [1], tolerance: EXACT },
    ];
  }
  return [
    ...both,
    ...(["dWeights", "dBias"] as const).map((part) => ({
      part,
      actual: seen[part],
      expected: expected[part],
      tolerance: tolerances.gradient,
    })),
  ];
}

function correctOf({ ranks, data }: Truth, seen: number, rows?: Iterable<number>): Comparison {
  const expected = nearestIn(correctSpan(ranks, data.sampleWeights, rows), seen);
  return { part: "correct rows", actual: one(seen), expected: one(expected), tolerance: EXACT };
}

const newWeights: Operation = {
  name: "gradient with new row weights",
  kinds: ["dense", "sparse"],
  async prepare(truth, signal) {
    const { side, drawn, data } = truth;
    const { sampleWeights: before } = data;
    if (!before) return null;
    const random = createRandom(drawn.seed, drawn.index + 1);
    const weights = before.map(() => random.integer(4) / 2);
    const run = async ({ trainer, data }: Side, signal: AbortSignal | undefined) => {
      data.setWeights(weights);
      try {
        return await trainer.lossAndGradient(data, drawn.l2, { signal });
      } finally {
        data.setWeights(before);
      }
    };
    const expected = await run(side, signal);
    return async (device, signal) => compareGradients(await run(device, signal), expected, truth, false);
  },
};

const steps: Operation = {
  name: "steps",
  kinds: FINITE,
  async prepare(truth, signal) {
    const { side, drawn, tolerances } = truth;
    const { epochs, batchSize } = drawn.steps;
    const run = async ({ trainer, data }: Side, signal: AbortSignal | undefined) => {
      const result = await trainer.sgd(data, drawn.steps, { signal });
      return { result, state: await trainer.readState() };
    };
    const expected = await run(side, signal);
    const ofLosses = drawn.kind === "extreme" ? tolerances.loss : tolerances.steps;
    return async (device, signal) => {
      const { result, state } = await run(device, signal);
      return [
        ...compareSteps(result, expected.result, ofLosses),
        {
          ...correctOf(truth, result.correct[0], epochs[0].subarray(0, batchSize)),
          part: "correct rows, step 1",
        },
        ...compareStates(state, expected.state, tolerances.steps),
      ];
    };
  },
};

function compareSteps(seen: SgdResult, expected: SgdResult, ofLosses: Tolerance): Comparison[] {
  return [
    { part: "losses", actual: seen.losses, expected: expected.losses, tolerance: ofLosses },
    { part: "weights of batches", actual: seen.weights, expected: expected.weights, tolerance: EXACT },
  ];
}

function compareStates(seen: OptimiserState, expected: OptimiserState, tolerance: Tolerance): Comparison[] {
  return (["parameters", "velocity", "secondMoment", "average"] as const).flatMap((what) =>
    (["weights", "bias"] as const).map((part) => ({
      part: `${what}, ${part}`,
      actual: seen[what]?.[part] ?? [],
      expected: expected[what]?.[part] ?? [],
      tolerance,
    })),
  );
}

const moments: Operation = {
  name: "second moments",
  kinds: ["dense", "extreme"],
  async prepare({ drawn, data }) {
    const n = drawn.features + (drawn.bias ? 1 : 0);
    // One group in three: the sums take kernels of the default plan, which cost time to compile.
    if (drawn.group % 3 > 0 || drawn.rows * n * n > MOST_PRODUCTS) return null;
    const random = createRandom(drawn.seed, drawn.index + 2);
    const weights = Float32Array.from({ length: drawn.rows }, () => Math.max(0, random.uniform() - 0.5));
    const counted = [...weights.keys()].filter((row) => weights[row] > 0);
    const expected = lowerTriangle(secondMoments(data.x as Matrix, counted, weights, drawn.bias), n);
    const tolerance = float32Tolerance(Math.max(1, counted.length), largestOf(expected));
    return async ({ trainer, data }, signal) => {
      const actual = lowerTriangle(await trainer.secondMoments(data, weights, { signal }), n);
      return [{ part: "moments", actual, expected, tolerance }];
    };
  },
};

/** Returns the elements on and below the diagonal; of the others nothing is promised. */
function lowerTriangle(moments: ArrayLike<number>, n: number): Float64Array {
  const below = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j <= i; j++) below[at++] = moments[i * n + j];
  return below;
}

/** λ of Newton steps, and the share of the gradient that may be left: of the exact product ten times as much. */
const NEWTON = { l2: 0.05, accuracy: 1e-3, slack: 10 };

const newton: Operation = {
  name: "Newton step",
  kinds: ["sparse"],
  async prepare({ side, drawn }, signal) {
    if (drawn.classes * drawn.features * drawn.rows > MOST_PRODUCTS / 16) return null;
    const { l2, accuracy, slack } = NEWTON;
    const { dWeights, dBias } = await side.trainer.lossAndGradient(side.data, l2, { signal });
    const gradient = { weights: dWeights, bias: dBias };
    return async ({ trainer, data }, signal) => {
      const solved = await trainer.newtonStep?.(data, { gradient, l2, accuracy }, { signal });
      if (!solved) throw new Error("the trainer has no Newton steps");
      const rest = restOfNewtonStep(drawn, gradient, l2, solved.step);
      const tolerance = { absolute: slack * accuracy, relative: 0 };
      return [{ part: "share of the gradient that is left", actual: one(rest), expected: [0], tolerance }];
    };
  },
};

/** All operations, in the order in which they run. */
export const OPERATIONS: readonly Operation[] = [
  scores,
  probabilities,
  outcomesOfRows,
  evaluation,
  lossAndGradient,
  newWeights,
  moments,
  newton,
  steps,
];
