/**
 * Chooses the plan of steps: pinned, cached from an earlier measurement, measured now, or the default one; and says
 * why.
 */
import { loaded } from "../../loaded.ts";
import type { TuningReport } from "../backend.ts";
import type { WebGpuDataset } from "./dataset.ts";
import { checkPlan, defaultPlan, type StepPlan } from "./plan.ts";
import type { TuningTask } from "./tuner.ts";
import type { TrainerContext } from "./workspace.ts";

/**
 * How plans are chosen. `"off"`: the default plan. `"quick"`: measured within {@link QUICK_BUDGET}. `"full"`: every
 * candidate is measured. `"auto"`: quick if there is enough work to pay for it, else off. A plan: that one, always.
 */
export type Tuning = "auto" | "off" | "quick" | "full" | StepPlan;

/** Storage of choices by adapter and shape: `localStorage`, or anything with its two methods. */
export interface TuningCache {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Longest time of quick tuning, ms. A candidate once begun is finished. */
export const QUICK_BUDGET = 300;

/** Fewest floating-point operations for which `"auto"` tunes: about a second on a slow adapter of its kind. */
const WORTHWHILE = { software: 2 ** 33, real: 2 ** 40 };

/** {@link TuningReport} of a plan. */
export interface PlanReport extends TuningReport {
  readonly choice: StepPlan;
}

/** How a backend chooses, and its choices so far. */
export interface TunerSettings {
  readonly tuning: Tuning;
  readonly cache: TuningCache;
  /** Reports by key, so that asking again gives the same one. */
  readonly reports: Map<string, PlanReport>;
}

/** Chooses the plan of a task. @throws OptionError if a pinned plan does not fit; the signal's reason */
export async function choosePlan(
  task: TuningTask,
  { tuning, cache, reports }: TunerSettings,
  signal?: AbortSignal,
): Promise<PlanReport> {
  const { context, data, steps } = task;
  const { shape, gpu } = context;
  const { traits } = gpu;
  if (typeof tuning === "object")
    return { choice: checkPlan(tuning, shape, traits), reason: "pinned by the caller" };
  const untuned = defaultPlan(shape, traits, Math.min(steps.batchSize, data.rows));
  if (tuning === "off") return { choice: untuned, reason: "the default plan: tuning is off" };
  const key = keyOf(context, data, steps.batchSize);
  const known = reports.get(key) ?? restore(cache, key, context, tuning === "full");
  if (known) {
    reports.set(key, known);
    return known;
  }
  const rows = steps.plannedRows ?? steps.epochs.reduce((sum, order) => sum + order.length, 0);
  const operations = 4 * rows * shape.features * shape.classes;
  if (tuning === "auto" && operations < WORTHWHILE[traits.software ? "software" : "real"])
    return { choice: untuned, reason: "the default plan: too little work to tune for" };
  const budget = tuning === "full" ? Infinity : QUICK_BUDGET;
  // Few fits are tuned: the code is loaded for those.
  const { tune } = await loaded(import("./tuner.ts"), "tuning");
  const { choice, reason, isComplete } = await tune(task, untuned, budget, signal);
  const report = { choice, reason: reason + store(cache, key, { choice, isComplete }) };
  reports.set(key, report);
  return report;
}

/** An entry of a cache. */
interface CacheEntry {
  readonly choice: StepPlan;
  /** Whether every candidate was measured. */
  readonly isComplete: boolean;
}

/** Returns the cache key: adapter, shape and kind of data, and the batch size rounded to a power of two. */
function keyOf({ gpu, shape }: TrainerContext, data: WebGpuDataset, batchSize: number): string {
  const rows = 2 ** Math.round(Math.log2(Math.min(batchSize, data.rows)));
  const { features, classes, bias } = shape;
  const storage = data.isScaled ? `scaled ${data.storage}` : data.storage;
  const kind = [bias ? "bias" : "no bias", storage, data.targetKind];
  return `softmax-webgpu plan 1, ${gpu.info.name}, ${rows}x${features}x${classes}, ${kind.join(", ")}`;
}

/** Returns a cached plan that fits, or null for any other content and for a cache that cannot be read. */
function restore(
  cache: TuningCache,
  key: string,
  { shape, gpu }: TrainerContext,
  mustBeComplete: boolean,
): PlanReport | null {
  try {
    const entry: Partial<CacheEntry> | null = JSON.parse(cache.getItem(key) ?? "null");
    if (!entry?.choice || (mustBeComplete && entry.isComplete !== true)) return null;
    const choice = checkPlan(entry.choice, shape, gpu.traits);
    return { choice, reason: "measured before on this adapter for this shape" };
  } catch {
    return null; // written by another version or another program, or not readable: the plan is measured anew
  }
}

/**
 * Stores a plan. A cache that is full or forbidden does not fail the training; the returned words go into the report.
 */
function store(cache: TuningCache, key: string, entry: CacheEntry): string {
  try {
    cache.setItem(key, JSON.stringify(entry));
    return "";
  } catch (error) {
    return `; not kept: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Creates an in-memory tuning cache. */
export function memoryCache(): TuningCache {
  const items = new Map<string, string>();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) };
}
