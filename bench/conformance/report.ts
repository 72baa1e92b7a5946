/** The result of a conformance check: plain data, which JSON holds. */
import type { MachineRecord } from "../record.ts";
import type { Mismatch } from "./compare.ts";
import type { CaseKind } from "./draw-case.ts";

/** The format's version. */
export const REPORT_VERSION = 1;

/** Cases of a check if nothing else is said: more than 300 shapes, and every plan. */
export const CASES = 480;

/** An operation of a case whose results differ from the reference, or that failed. */
export interface Difference {
  readonly seed: number;
  readonly index: number;
  /** The case in words: sizes, storage, targets and so on. */
  readonly what: string;
  /** Name and text of the plan; null if the case has no choice of kernels. */
  readonly plan: { readonly name: string; readonly text: string } | null;
  readonly operation: string;
  /** Shaders that the operation ran. */
  readonly kernels: readonly string[];
  /** Results that differ; empty if the operation failed. */
  readonly mismatches: readonly Mismatch[];
  /** The failure's message. */
  readonly message?: string;
}

/** Use of a shader. */
export interface KernelCount {
  readonly dispatches: number;
  /** Cases in which it ran. */
  readonly cases: number;
}

/** Why a check ended. */
export type Ending = "done" | "out of time" | "stopped" | "device lost";

/** The counts of a check that runs, or has ended. */
export interface Counts {
  /** Different rows × features × classes. */
  readonly shapes: number;
  readonly cases: number;
  /** Cases with a difference. */
  readonly differing: number;
  /** Arrays of numbers that were compared. */
  readonly comparisons: number;
}

/** The whole result. */
export interface ConformanceReport extends Counts {
  readonly version: typeof REPORT_VERSION;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly library: string;
  readonly machine: MachineRecord;
  /** Features that the device was asked for and has. */
  readonly used: readonly string[];
  readonly seed: number;
  readonly seconds: number;
  readonly ending: Ending;
  /** The device's words if it was lost. */
  readonly loss?: string;
  readonly kinds: Readonly<Partial<Record<CaseKind, number>>>;
  /** Cases by storage. */
  readonly storages: Readonly<Record<string, number>>;
  /** By shader; a shader that never ran has 0. */
  readonly kernels: Readonly<Record<string, KernelCount>>;
  /** Number of cases by name of plan. */
  readonly plans: Readonly<Record<string, number>>;
  /** The first of them: {@link MOST_DIFFERENCES}. */
  readonly differences: readonly Difference[];
}

/** Most differences that a report keeps. */
export const MOST_DIFFERENCES = 100;
