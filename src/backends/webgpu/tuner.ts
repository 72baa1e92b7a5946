/**
 * Finds the fastest plan for a shape on this adapter by trying: candidates run on the data itself, must agree with the
 * default plan's gradient, and win only if they are faster in every one of several turns, by a clear margin in the
 * median. Parameters stay as they are. How the result is used is decided in choose-plan.ts.
 */
import type { Parameters } from "../../parameters.ts";
import type { ModelShape, SgdSteps } from "../backend.ts";
import type { WebGpuDataset } from "./dataset.ts";
import type { Operation } from "./dispatches.ts";
import type { AdapterTraits } from "./gpu-device.ts";
import {
  directForward,
  evenTile,
  type ForwardTile,
  type GradientTile,
  isPossible,
  quadForward,
  type SharedTile,
  type StepPlan,
} from "./plan.ts";
import type { Program } from "./program.ts";
import { type Segment, segmentSteps } from "./segments.ts";
import { type TrainerContext, Workspace } from "./workspace.ts";

/** Time of one measurement, ms: well above the granularity of any clock. */
const MEASURE_TIME = 12;

/** Rounds that take longer, ms, get no second run to warm up: it would cost more time than it saves. */
const LONG_ROUND = 100;

/**
 * Most rounds of one submit, and their largest growth from one submit to the next, so that none runs into a watchdog.
 */
const MAX_ROUNDS = 4096;
const MAX_GROWTH = 8;

/** Turns between the best plan so far and a candidate, which must win every one. */
const TURNS = 5;

/** Share of the best time below which a candidate replaces it. */
const MARGIN = 0.95;

/** Largest difference of a candidate's gradient from the default plan's, relative to its largest element. */
const TOLERANCE = 1e-4;

/** Result of tuning. */
export interface TuningResult {
  readonly choice: StepPlan;
  readonly reason: string;
  /** Whether every candidate was measured. */
  readonly isComplete: boolean;
}

/** The steps to tune for, and the operations that compute a gradient by a plan. */
export interface TuningTask {
  readonly context: TrainerContext;
  readonly data: WebGpuDataset;
  readonly steps: SgdSteps;
  readonly gradientOperations: (plan: StepPlan) => readonly Operation[];
}

/** One plan, ready to run on a segment. */
interface Contestant {
  readonly plan: StepPlan;
  readonly workspace: Workspace;
  /** Measures one step, ms. */
  time(): Promise<number>;
}

/**
 * Measures candidates beside the plan `untuned` until all are measured or `budget`, in ms, is spent. A candidate that
 * fails or whose gradient is wrong is left out.
 *
 * @throws DeviceError if `untuned` does not run; the signal's reason
 */
export async function tune(
  task: TuningTask,
  untuned: StepPlan,
  budget: number,
  signal: AbortSignal | undefined,
): Promise<TuningResult> {
  const started = performance.now();
  const { context } = task;
  const candidates = planCandidates(untuned, context.shape, context.gpu.traits);
  let best = await enter(task, untuned);
  let [tried, rejected, gain] = [0, 0, 1];
  try {
    let expected: Parameters | null = null;
    for (const plan of candidates) {
      signal?.throwIfAborted();
      if (performance.now() - started > budget) break;
      // The first candidate overwrites the default plan's gradient, so it is read before.
      expected ??= await context.parameters.read("gradient");
      tried++;
      const challenger = await enterSafely(task, plan, expected);
      if (!challenger) {
        rejected++;
        continue;
      }
      let loser = challenger;
      try {
        const faster = await duel(best, challenger);
        if (faster) [best, loser, gain] = [challenger, best, gain * faster];
      } finally {
        loser.workspace.dispose();
      }
    }
  } finally {
    best.workspace.dispose();
  }
  const measured = `${tried + 1} of ${candidates.length + 1} plans measured`;
  const outcome = gain === 1 ? "none was faster" : `${gain.toFixed(2)} times as fast`;
  const wrong = rejected > 0 ? `, ${rejected} left out for failing or a wrong gradient` : "";
  return {
    choice: best.plan,
    reason: `${measured} in ${Math.round(performance.now() - started)} ms${wrong}: ${outcome}`,
    isComplete: tried === candidates.length,
  };
}

/** Returns how many times as fast the challenger is, or null unless it wins every turn, and by a clear margin. */
async function duel(best: Contestant, challenger: Contestant): Promise<number | null> {
  const ratios: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const ratio = (await best.time()) / (await challenger.time());
    if (ratio <= 1) return null;
    ratios.push(ratio);
  }
  const median = ratios.sort((a, b) => a - b)[TURNS >> 1];
  return median * MARGIN > 1 ? median : null;
}

/** Returns a contestant with the expected gradient, or null if the plan fails while the device is alive. */
async function enterSafely(
  task: TuningTask,
  plan: StepPlan,
  expected: Parameters,
): Promise<Contestant | null> {
  let contestant: Contestant | null = null;
  try {
    contestant = await enter(task, plan);
    if (isClose(await task.context.parameters.read("gradient"), expected)) return contestant;
  } catch (error) {
    if (!task.context.gpu.alive) throw error;
  }
  contestant?.workspace.dispose();
  return null;
}

/** Compiles a plan and runs it to warm up, after which its gradient can be read. */
async function enter(
  { context, data, steps, gradientOperations }: TuningTask,
  plan: StepPlan,
): Promise<Contestant> {
  const workspace = await Workspace.create(context, data, plan, { mostBatchRows: steps.batchSize });
  try {
    const { value: segment } = segmentSteps(steps, workspace.rules).next();
    const program = await workspace.program([...gradientOperations(plan), "reduceGradient"]);
    let rounds = 1;
    const time = async () => {
      const elapsed = await timeOf(context, program, segment, rounds);
      const perRound = elapsed / rounds;
      rounds = Math.min(MAX_ROUNDS, MAX_GROWTH * rounds, Math.max(1, Math.round(MEASURE_TIME / perRound)));
      return perRound;
    };
    if ((await time()) < LONG_ROUND) await time();
    return { plan, workspace, time };
  } catch (error) {
    workspace.dispose();
    throw error;
  }
}

/** Measures `rounds` rounds of a program on one segment, ms. */
async function timeOf(
  { gpu, submitter }: TrainerContext,
  program: Program,
  segment: Segment,
  rounds: number,
): Promise<number> {
  const placement = { segment, orderStart: 0, lossSlot: 0, lossPairs: 0 };
  const started = submitter.submit([placement], 0, program, { rounds });
  await gpu.device.queue.onSubmittedWorkDone();
  gpu.assertAlive();
  return Math.max(performance.now() - started, 0.01);
}

function isClose(actual: Parameters, expected: Parameters): boolean {
  let [difference, size] = [0, 0];
  for (const part of ["weights", "bias"] as const) {
    for (let i = 0; i < expected[part].length; i++) {
      difference = Math.max(difference, Math.abs(actual[part][i] - expected[part][i]));
      size = Math.max(size, Math.abs(expected[part][i]));
    }
  }
  return difference <= TOLERANCE * size;
}

/** Returns the plans worth trying beside `base` on this device, the likeliest winners first. */
export function planCandidates(base: StepPlan, shape: ModelShape, traits: AdapterTraits): StepPlan[] {
  const candidates = traits.software ? softwarePlans(base, shape) : gpuPlans(base, shape);
  const seen = new Set([JSON.stringify(base)]);
  return candidates.filter((plan) => {
    const text = JSON.stringify(plan);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew && isPossible(plan, traits);
  });
}

/**
 * Returns tiles of other proportions: on software adapters loads cost more than arithmetic, so some reuse loads more.
 */
function softwarePlans(base: StepPlan, { classes }: ModelShape): StepPlan[] {
  const quads = base.forward.kernel === "forward-quad";
  const forwards = quads
    ? [quadForward(classes, 8), quadForward(classes, 4, 32), quadForward(classes, 2)]
    : [directForward(classes, 1, 4, 16), directForward(classes, 1, 2)];
  const gradients: Partial<GradientTile>[] = quads
    ? [{ features4: 1 }, { classes: evenTile(classes, 10) }]
    : [{ features4: 4 }, { classes: evenTile(classes, 16) }];
  const direct: ForwardTile[] = [directForward(classes), directForward(classes, 1, 8)];
  return [
    ...gradients.map((gradient) => ({ ...base, gradient: { ...base.gradient, ...gradient } })),
    ...[...forwards, ...direct].map((forward) => ({ ...base, forward })),
  ];
}

/** Returns the other route, then other tiles and numbers of threads: on a GPU, occupancy and memory traffic decide. */
function gpuPlans(base: StepPlan, { classes }: ModelShape): StepPlan[] {
  const { shared, forward, gradient } = base;
  const sharedTiles: Partial<SharedTile>[] = [
    {},
    { rows: 8, classes: 8 },
    { depth4: 8 },
    { busyThreads: 2 * shared.busyThreads },
    { rows: 8, classes: 8, classes4: 2, features4: 2 },
  ];
  const slices = [8, 32].map((count) => ({ ...base, forward: directForward(classes, count) }));
  const gradients: Partial<GradientTile>[] = [
    { features4: 2 },
    { busyThreads: 2 * gradient.busyThreads },
    { busyThreads: gradient.busyThreads / 4 },
    { classes: evenTile(classes, 16), threads: 64 },
  ];
  const ofRows: StepPlan[] = [
    base,
    ...slices,
    { ...base, forward: { ...forward, rows: 8 } },
    ...gradients.map((change) => ({ ...base, gradient: { ...gradient, ...change } })),
  ].map((plan) => ({ ...plan, route: "rows" }));
  const ofShared: StepPlan[] = sharedTiles.map((change) => ({
    ...base,
    route: "shared",
    shared: { ...shared, ...change },
  }));
  return base.route === "rows" ? [ofShared[0], ...ofRows, ...ofShared.slice(1)] : [ofRows[0], ...ofShared];
}
