/**
 * Finds the fastest plan for a shape on this adapter by trying: candidates run on the data itself, are compared
 * with the default plan's gradient first, and win only by a clear margin, measured in turns. No parameter moves.
 */
import type { Parameters } from "../../objective.ts";
import type { SgdSteps, TuningReport } from "../backend.ts";
import { writeRecords } from "./arena.ts";
import type { WebGpuDataset } from "./dataset.ts";
import { backwardOf } from "./dispatches.ts";
import { checkPlan, defaultPlan, type StepPlan } from "./plan.ts";
import { planCandidates } from "./plan-candidates.ts";
import { readParameters } from "./readback.ts";
import { type Segment, segmentSteps } from "./segments.ts";
import { type BoundKernel, Workspace, type WorkspaceOwner } from "./workspace.ts";

/**
 * How plans are chosen. `"off"`: the default plan. `"quick"`: measured within {@link QUICK_BUDGET}. `"full"`: every
 * candidate. `"auto"`: quick where a call has enough work to pay for it, else off. A plan: that one, always.
 */
export type Tuning = "auto" | "off" | "quick" | "full" | StepPlan;

/** Where choices are kept by adapter and shape: `localStorage`, or anything with its two methods. */
export interface TuningCache {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Longest time that quick tuning looks for, ms. A candidate once begun is finished. */
export const QUICK_BUDGET = 300;

/** Floating-point operations of a call from which `"auto"` tunes: about a second on a slow adapter of its kind. */
const WORTHWHILE = { software: 2 ** 33, real: 2 ** 40 };

/** Time of one measurement, ms: well over the granularity of any clock. */
const MEASURE_TIME = 12;

/** Turns between the best so far and a candidate that seems faster; it must win every one. */
const TURNS = 5;

/** A candidate must take less than this share of the best time to replace it. */
const MARGIN = 0.95;

/** Largest difference of a candidate's gradient from the default plan's, as a share of its largest element. */
const TOLERANCE = 1e-4;

/** What a trainer's tuner keeps between calls. */
export interface TunerSettings {
  readonly tuning: Tuning;
  readonly cache: TuningCache;
  /** What was measured here, by key: a report stays the same when it is asked for again. */
  readonly reports: Map<string, PlanReport>;
}

/** {@link TuningReport} of a plan. */
export type PlanReport = TuningReport & { readonly choice: StepPlan };

/** The plan for steps on a data set. @throws OptionError a pinned plan that does not fit; the signal's reason */
export async function choosePlan(
  owner: WorkspaceOwner,
  data: WebGpuDataset,
  steps: SgdSteps,
  { tuning, cache, reports }: TunerSettings,
  signal?: AbortSignal,
): Promise<PlanReport> {
  const { shape, gpu } = owner;
  const { traits } = gpu;
  const untuned = defaultPlan(shape, traits);
  if (typeof tuning === "object")
    return { choice: checkPlan(tuning, shape, traits), reason: "pinned by the caller" };
  if (tuning === "off") return { choice: untuned, reason: "the default plan: tuning is off" };
  const rows = steps.epochs.reduce((sum, order) => sum + order.length, 0);
  const operations = 4 * rows * shape.features * shape.classes;
  if (tuning === "auto" && operations < WORTHWHILE[traits.software ? "software" : "real"])
    return { choice: untuned, reason: "the default plan: too little work to tune for" };
  const key = keyOf(owner, data, steps.batchSize);
  const known = reports.get(key);
  if (known) return known;
  const kept = restore(cache, key, owner);
  if (kept) return { choice: kept, reason: "measured before on this adapter for this shape" };
  const report = await tune(owner, data, steps, untuned, tuning === "full" ? Infinity : QUICK_BUDGET, signal);
  const keptReport = { ...report, reason: report.reason + keep(cache, key, report.choice) };
  reports.set(key, keptReport);
  return keptReport;
}

/** One candidate, ready to run on a segment. */
interface Contestant {
  readonly plan: StepPlan;
  readonly workspace: Workspace;
  /** ms of one step. */
  time(): Promise<number>;
}

async function tune(
  owner: WorkspaceOwner,
  data: WebGpuDataset,
  steps: SgdSteps,
  untuned: StepPlan,
  budget: number,
  signal: AbortSignal | undefined,
): Promise<PlanReport> {
  const started = performance.now();
  const candidates = planCandidates(untuned, owner.shape, owner.gpu.traits);
  let best = await enter(owner, data, steps, untuned);
  let [tried, rejected] = [1, 0];
  try {
    const expected = await readParameters(owner, "gradient");
    const untunedTime = await best.time();
    let bestTime = untunedTime;
    for (const plan of candidates) {
      signal?.throwIfAborted();
      if (performance.now() - started > budget) break;
      let loser = await enter(owner, data, steps, plan);
      try {
        tried++;
        const isRight = isClose(await readParameters(owner, "gradient"), expected);
        if (!isRight) rejected++;
        const time = isRight && (await loser.time()) < MARGIN * bestTime ? await duel(best, loser) : null;
        if (time) [best, bestTime, loser] = [loser, time, best];
      } finally {
        loser.workspace.dispose();
      }
    }
    const tuned =
      best.plan === untuned ? "none was faster" : `${(untunedTime / bestTime).toFixed(2)} times as fast`;
    const wrong = rejected > 0 ? `, ${rejected} rejected for a wrong gradient` : "";
    const of = `${tried} of ${candidates.length + 1} plans measured in ${Math.round(performance.now() - started)} ms`;
    return { choice: best.plan, reason: `${of}${wrong}: ${tuned}` };
  } finally {
    best.workspace.dispose();
  }
}

/** Takes turns; the challenger's median time if it is clearly the faster one, else null. */
async function duel(best: Contestant, challenger: Contestant): Promise<number | null> {
  const times: [number, number][] = [];
  for (let turn = 0; turn < TURNS; turn++) times.push([await best.time(), await challenger.time()]);
  const [bestTime, time] = [0, 1].map((i) => times.map((pair) => pair[i]).sort((a, b) => a - b)[TURNS >> 1]);
  const wins = times.every(([known, challenging]) => challenging < known);
  return wins && time < MARGIN * bestTime ? time : null;
}

/** Compiles a plan and runs it once, so that its gradient lies where it can be read. */
async function enter(
  owner: WorkspaceOwner,
  data: WebGpuDataset,
  steps: SgdSteps,
  plan: StepPlan,
): Promise<Contestant> {
  const workspace = await Workspace.create(owner, data, plan);
  try {
    const { value: segment } = segmentSteps(steps, workspace.rules).next();
    const kernels = await workspace.prepare([...backwardOf(plan).operations, "take"]);
    const first = await run(owner, workspace, segment, kernels, 1);
    let count = Math.max(1, Math.round(MEASURE_TIME / first));
    return {
      plan,
      workspace,
      time: async () => {
        const elapsed = await run(owner, workspace, segment, kernels, count);
        const time = elapsed / count;
        count = Math.max(1, Math.round(MEASURE_TIME / time));
        return time;
      },
    };
  } catch (error) {
    workspace.dispose();
    throw error;
  }
}

/** Time of `count` rounds of all kernels on one segment, ms. */
async function run(
  { gpu, submitter }: WorkspaceOwner,
  workspace: Workspace,
  segment: Segment,
  kernels: readonly BoundKernel[],
  count: number,
): Promise<number> {
  const { segment: arena, order } = submitter.lanes[0].get;
  writeRecords(gpu, arena, [{ segment, orderStart: 0, lossSlot: 0 }]);
  if (segment.rows) gpu.device.queue.writeBuffer(order, 0, Uint32Array.from(segment.rows));
  const encoder = gpu.device.createCommandEncoder({ label: "tuning" });
  const pass = encoder.beginComputePass({ label: "tuning" });
  for (let i = 0; i < count; i++) for (const kernel of kernels) workspace.encode(pass, kernel, segment, 0, 0);
  pass.end();
  const started = performance.now();
  gpu.device.queue.submit([encoder.finish()]);
  await gpu.device.queue.onSubmittedWorkDone();
  gpu.assertAlive();
  return Math.max(performance.now() - started, 0.001);
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

/** Adapter, shape and kind of data, and the batch's size to a power of two. */
function keyOf({ gpu, shape }: WorkspaceOwner, data: WebGpuDataset, batchSize: number): string {
  const rows = 2 ** Math.round(Math.log2(Math.min(batchSize, data.rows)));
  const { features, classes, bias } = shape;
  const parts = [
    gpu.info.name,
    `${rows}x${features}x${classes}`,
    bias ? "bias" : "",
    data.storage,
    data.targetKind,
  ];
  return `softmax-webgpu plan 1 ${parts.join(" ")}`;
}

/** A kept plan that still fits; whatever else lies there, or a cache that cannot be read, counts as nothing. */
function restore(cache: TuningCache, key: string, { shape, gpu }: WorkspaceOwner): StepPlan | null {
  try {
    const text = cache.getItem(key);
    return text === null ? null : checkPlan(JSON.parse(text), shape, gpu.traits);
  } catch {
    return null; // written by another version or by somebody else, or forbidden: it is measured anew
  }
}

/** Keeps a plan; a cache that is full or forbidden is no reason not to train, and is said in the report. */
function keep(cache: TuningCache, key: string, plan: StepPlan): string {
  try {
    cache.setItem(key, JSON.stringify(plan));
    return "";
  } catch (error) {
    return `; not kept: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A cache that lasts as long as the page. */
export function memoryCache(): TuningCache {
  const items = new Map<string, string>();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) };
}
