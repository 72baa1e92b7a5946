/**
 * Finds the fastest plan for a shape on this adapter by trying: candidates run on the data itself, are compared
 * with the default plan's gradient first, and win only by a clear margin in every one of several turns. No
 * parameter moves. What becomes of the choice is choose-plan.ts's business.
 */
import type { Parameters } from "../../objective.ts";
import type { SgdSteps } from "../backend.ts";
import { writeRecords } from "./arena.ts";
import type { WebGpuDataset } from "./dataset.ts";
import { ROUTES } from "./dispatches.ts";
import type { StepPlan } from "./plan.ts";
import { planCandidates } from "./plan-candidates.ts";
import { type Segment, segmentSteps } from "./segments.ts";
import { type BoundKernel, Workspace, type WorkspaceOwner } from "./workspace.ts";

/** Time of one measurement, ms: well over the granularity of any clock. */
const MEASURE_TIME = 12;

/** A round of so long needs no second run to warm up, ms: that would only cost time. */
const LONG_ROUND = 100;

/** Most rounds of one submit, and how much longer one may be than the last: no watchdog is to notice. */
const MAX_ROUNDS = 4096;
const MAX_GROWTH = 8;

/** Turns between the best so far and a candidate that seems faster; it must win every one. */
const TURNS = 5;

/** A candidate must take less than this share of the best time to replace it. */
const MARGIN = 0.95;

/** Largest difference of a candidate's gradient from the default plan's, as a share of its largest element. */
const TOLERANCE = 1e-4;

/** What tuning found. */
export interface TuningResult {
  readonly choice: StepPlan;
  readonly reason: string;
  /** Whether every candidate was measured. */
  readonly isComplete: boolean;
}

/** One candidate, ready to run on a segment. */
interface Contestant {
  readonly plan: StepPlan;
  readonly workspace: Workspace;
  /** ms of one step. */
  time(): Promise<number>;
}

/**
 * Measures candidates until all are or the budget, in ms, is spent. A candidate that does not run, or runs wrong,
 * is left out.
 *
 * @throws DeviceError the default plan does not run; the signal's reason
 */
export async function tune(
  owner: WorkspaceOwner,
  data: WebGpuDataset,
  steps: SgdSteps,
  untuned: StepPlan,
  budget: number,
  signal: AbortSignal | undefined,
): Promise<TuningResult> {
  const started = performance.now();
  const candidates = planCandidates(untuned, owner.shape, owner.gpu.traits);
  let best = await enter(owner, data, steps, untuned);
  let [tried, rejected, gain] = [0, 0, 1];
  try {
    let expected: Parameters | null = null;
    for (const plan of candidates) {
      signal?.throwIfAborted();
      if (performance.now() - started > budget) break;
      // The default plan's, which the first of the others is about to overwrite.
      expected ??= await owner.parameters.read("gradient");
      tried++;
      const challenger = await enterSafely(owner, data, steps, plan, expected);
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

/** How many times as fast the challenger is, if it clearly is in every turn; else null. */
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

/** A contestant whose gradient is right; null for one that fails while the device lives. */
async function enterSafely(
  owner: WorkspaceOwner,
  data: WebGpuDataset,
  steps: SgdSteps,
  plan: StepPlan,
  expected: Parameters,
): Promise<Contestant | null> {
  let contestant: Contestant | null = null;
  try {
    contestant = await enter(owner, data, steps, plan);
    if (isClose(await owner.parameters.read("gradient"), expected)) return contestant;
  } catch (error) {
    if (!owner.gpu.alive) throw error;
  }
  contestant?.workspace.dispose();
  return null;
}

/** Compiles a plan and runs it until its time is known; its gradient then lies where it can be read. */
async function enter(
  owner: WorkspaceOwner,
  data: WebGpuDataset,
  steps: SgdSteps,
  plan: StepPlan,
): Promise<Contestant> {
  const workspace = await Workspace.create(owner, data, plan, steps.batchSize);
  try {
    const { value: segment } = segmentSteps(steps, workspace.rules).next();
    const { forward, gradient } = ROUTES[plan.route];
    const kernels = await workspace.prepare([...forward, gradient, "take"]);
    let rounds = 1;
    const time = async () => {
      const elapsed = await run(owner, workspace, segment, kernels, rounds);
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

/** Time of `rounds` rounds of all kernels on one segment, ms. */
async function run(
  { gpu, submitter }: WorkspaceOwner,
  workspace: Workspace,
  segment: Segment,
  kernels: readonly BoundKernel[],
  rounds: number,
): Promise<number> {
  const { segment: arena, order } = submitter.lanes[0].get;
  writeRecords(gpu, arena, [{ segment, orderStart: 0, lossSlot: 0 }]);
  if (segment.rows) gpu.device.queue.writeBuffer(order, 0, Uint32Array.from(segment.rows));
  const encoder = gpu.device.createCommandEncoder({ label: "tuning" });
  const pass = encoder.beginComputePass({ label: "tuning" });
  for (let i = 0; i < rounds; i++)
    for (const kernel of kernels) workspace.encode(pass, kernel, segment, 0, 0);
  pass.end();
  const started = performance.now();
  gpu.device.queue.submit([encoder.finish()]);
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
