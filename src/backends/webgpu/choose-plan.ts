/** Which plan steps run by: pinned, kept from an earlier measurement, measured now, or the default one; and why. */
import type { SgdSteps, TuningReport } from "../backend.ts";
import type { WebGpuDataset } from "./dataset.ts";
import { checkPlan, defaultPlan, type StepPlan } from "./plan.ts";
import { tune } from "./tuner.ts";
import type { WorkspaceOwner } from "./workspace.ts";

/**
 * How plans are chosen. `"off"`: the default plan. `"quick"`: measured within {@link QUICK_BUDGET}. `"full"`: every
 * candidate. `"auto"`: quick where there is enough work to pay for it, else off. A plan: that one, always.
 */
export type Tuning = "auto" | "off" | "quick" | "full" | StepPlan;

/** Where choices are kept by adapter and shape: `localStorage`, or anything with its two methods. */
export interface TuningCache {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Longest time that quick tuning looks for, ms. A candidate once begun is finished. */
export const QUICK_BUDGET = 300;

/** Floating-point operations from which `"auto"` tunes: about a second on a slow adapter of its kind. */
const WORTHWHILE = { software: 2 ** 33, real: 2 ** 40 };

/** {@link TuningReport} of a plan. */
export interface PlanReport extends TuningReport {
  readonly choice: StepPlan;
}

/** How a backend chooses, and what it has chosen. */
export interface TunerSettings {
  readonly tuning: Tuning;
  readonly cache: TuningCache;
  /** What was measured or found here, by key: a report stays the same when it is asked for again. */
  readonly reports: Map<string, PlanReport>;
}

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
  if (typeof tuning === "object")
    return { choice: checkPlan(tuning, shape, traits), reason: "pinned by the caller" };
  const untuned = defaultPlan(shape, traits, Math.min(steps.batchSize, data.rows));
  if (tuning === "off") return { choice: untuned, reason: "the default plan: tuning is off" };
  const key = keyOf(owner, data, steps.batchSize);
  const known = reports.get(key) ?? restore(cache, key, owner, tuning === "full");
  if (known) {
    reports.set(key, known);
    return known;
  }
  const rows = steps.plannedRows ?? steps.epochs.reduce((sum, order) => sum + order.length, 0);
  const operations = 4 * rows * shape.features * shape.classes;
  if (tuning === "auto" && operations < WORTHWHILE[traits.software ? "software" : "real"])
    return { choice: untuned, reason: "the default plan: too little work to tune for" };
  const budget = tuning === "full" ? Infinity : QUICK_BUDGET;
  const { choice, reason, isComplete } = await tune(owner, data, steps, untuned, budget, signal);
  const report = { choice, reason: reason + keep(cache, key, { choice, isComplete }) };
  reports.set(key, report);
  return report;
}

/** What a cache holds. */
interface Kept {
  readonly choice: StepPlan;
  /** Whether every candidate was measured. */
  readonly isComplete: boolean;
}

/** Adapter, shape and kind of data, and the batch's size to a power of two. */
function keyOf({ gpu, shape }: WorkspaceOwner, data: WebGpuDataset, batchSize: number): string {
  const rows = 2 ** Math.round(Math.log2(Math.min(batchSize, data.rows)));
  const { features, classes, bias } = shape;
  const storage = data.isScaled ? `scaled ${data.storage}` : data.storage;
  const kind = [bias ? "bias" : "no bias", storage, data.targetKind];
  return `softmax-webgpu plan 1, ${gpu.info.name}, ${rows}x${features}x${classes}, ${kind.join(", ")}`;
}

/** A kept plan that still fits; whatever else lies there, or a cache that cannot be read, counts as nothing. */
function restore(
  cache: TuningCache,
  key: string,
  { shape, gpu }: WorkspaceOwner,
  mustBeComplete: boolean,
): PlanReport | null {
  try {
    const kept: Partial<Kept> | null = JSON.parse(cache.getItem(key) ?? "null");
    if (!kept?.choice || (mustBeComplete && kept.isComplete !== true)) return null;
    const choice = checkPlan(kept.choice, shape, gpu.traits);
    return { choice, reason: "measured before on this adapter for this shape" };
  } catch {
    return null; // written by another version or by somebody else, or forbidden: it is measured anew
  }
}

/** Keeps a plan; a cache that is full or forbidden is no reason not to train, and is said in the report. */
function keep(cache: TuningCache, key: string, kept: Kept): string {
  try {
    cache.setItem(key, JSON.stringify(kept));
    return "";
  } catch (error) {
    return `; not kept: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A cache that lasts as long as whoever holds it. */
export function memoryCache(): TuningCache {
  const items = new Map<string, string>();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) };
}
