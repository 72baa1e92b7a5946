/** The state of the page: GPU, plan, run and shown records. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { describeMachine } from "../measure/machine.ts";
import { messageOf } from "../measure/text.ts";
import type { BenchPlan, BenchProgress, RunBenchmark } from "../plan.ts";
import type { AdapterRecord, BenchRecord } from "../record.ts";
import type { Choices } from "./choices.ts";
import { PRESETS, planOf } from "./plan-of.ts";
import { readRecordFile } from "./read-record.ts";

/** Records that fit side by side. */
const MAX_RECORDS = 8;

/** The GPU, as far as it is known. */
type GpuState =
  | { readonly status: "asking" }
  | { readonly status: "none"; readonly reason: string }
  | { readonly status: "found"; readonly adapter: AdapterRecord };

interface RecordEntry {
  readonly id: number;
  readonly record: BenchRecord;
}

export type RunState =
  | { readonly status: "idle" | "done" | "stopped" }
  | { readonly status: "failed"; readonly message: string }
  | {
      readonly status: "running";
      readonly recordId: number;
      /** null before the first part. */
      readonly progress: BenchProgress | null;
      readonly stopping: boolean;
    };

/** Everything that the page shows, and the actions of its controls. */
export class BenchState {
  readonly gpu: Signal<GpuState> = signal<GpuState>({ status: "asking" });
  readonly choices: Signal<Choices> = signal(PRESETS[0].choices);
  readonly run: Signal<RunState> = signal<RunState>({ status: "idle" });
  /** Records in the order in which they came, measured here or opened from files. */
  readonly records: Signal<readonly RecordEntry[]> = signal<readonly RecordEntry[]>([]);
  /** Errors of the files that were opened last. */
  readonly problems: Signal<readonly string[]> = signal<readonly string[]>([]);
  readonly hasGpu: ReadonlySignal<boolean> = computed(() => this.gpu.value.status !== "none");
  readonly plan: ReadonlySignal<BenchPlan> = computed(() => planOf(this.choices.value, this.hasGpu.value));
  readonly #runBenchmark: RunBenchmark;
  #controller: AbortController | null = null;
  #lastId = 0;

  constructor(runBenchmark: RunBenchmark) {
    this.#runBenchmark = runBenchmark;
  }

  /** Asks the browser for its GPU. Never rejects: an error becomes the reason why there is none. */
  async findGpu(): Promise<void> {
    this.gpu.value = await askForGpu();
  }

  /** Measures the plan. Never rejects; one run at a time. */
  async start(): Promise<void> {
    if (this.#controller) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    const recordId = this.#nextId();
    this.run.value = { status: "running", recordId, progress: null, stopping: false };
    try {
      const record = await this.#runBenchmark(this.plan.value, {
        signal,
        onProgress: (progress) => {
          this.run.value = { status: "running", recordId, progress, stopping: signal.aborted };
        },
        onRecord: (part) => this.#put(recordId, part),
      });
      batch(() => {
        this.#put(recordId, record);
        this.run.value = { status: "done" };
      });
    } catch (error) {
      this.run.value = signal.aborted
        ? { status: "stopped" }
        : { status: "failed", message: messageOf(error) };
    } finally {
      this.#controller = null;
    }
  }

  /** Stops the run and keeps its measurements. */
  cancel(): void {
    this.#controller?.abort();
    const run = this.run.value;
    if (run.status === "running") this.run.value = { ...run, stopping: true };
  }

  /** Opens saved records. Files that are none are named in `problems`. */
  async openFiles(files: readonly File[]): Promise<void> {
    const room = Math.max(0, MAX_RECORDS - this.records.value.length);
    const problems: string[] = [];
    for (const file of files.slice(0, room)) {
      try {
        this.#put(this.#nextId(), await readRecordFile(file));
      } catch (error) {
        problems.push(`${file.name}: ${messageOf(error)}`);
      }
    }
    if (files.length > room)
      problems.push(`At most ${MAX_RECORDS} runs fit side by side; remove some first.`);
    this.problems.value = problems;
  }

  remove(id: number): void {
    this.records.value = this.records.value.filter((entry) => entry.id !== id);
  }

  /** Adds a record, or replaces the one with this id. */
  #put(id: number, record: BenchRecord): void {
    const before = this.records.value;
    this.records.value = before.some((entry) => entry.id === id)
      ? before.map((entry) => (entry.id === id ? { id, record } : entry))
      : [...before, { id, record }];
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

async function askForGpu(): Promise<GpuState> {
  if (!isSecureContext) {
    const reason = "Browsers offer WebGPU only to pages opened through https or localhost.";
    return { status: "none", reason };
  }
  if (!navigator.gpu) return { status: "none", reason: "This browser has no WebGPU, or it is switched off." };
  try {
    const { adapter } = await describeMachine();
    if (adapter) return { status: "found", adapter };
    return { status: "none", reason: "This browser has WebGPU, but offers no GPU on this machine." };
  } catch (error) {
    return { status: "none", reason: `The browser could not say which GPU it has: ${messageOf(error)}` };
  }
}
