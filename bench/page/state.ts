/** The state of the page: GPU, plan, run and shown records. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { messageOf } from "../measure/text.ts";
import type { BenchPlan, BenchProgress, RunBenchmark } from "../plan.ts";
import type { BenchRecord } from "../record.ts";
import { type Asked, readQuery } from "./asked-plan.ts";
import type { TabAttention } from "./attention.ts";
import type { Choices } from "./choices.ts";
import { askForGpu, type GpuState } from "./gpu.ts";
import { oneClickPlan } from "./one-click.ts";
import { PRESETS, planOf } from "./plan-of.ts";
import { readRecordFile } from "./read-record.ts";
import { readFragment } from "./record-link.ts";
import { TimeLeft } from "./time-left.ts";

/** Records that fit side by side. */
const MAX_RECORDS = 8;

/** A record, and how it came to the page. */
export interface RecordEntry {
  readonly id: number;
  readonly record: BenchRecord;
  readonly origin: "here" | "link" | "file";
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
  /** Records in the order in which they came, measured here or opened from links and files. */
  readonly records: Signal<readonly RecordEntry[]> = signal<readonly RecordEntry[]>([]);
  /** Errors of the address, or of the files or the link that were opened last. */
  readonly problems: Signal<readonly string[]> = signal<readonly string[]>([]);
  readonly hasGpu: ReadonlySignal<boolean> = computed(() => this.gpu.value.status !== "none");
  /** The plan of the visitor's choices. */
  readonly plan: ReadonlySignal<BenchPlan> = computed(() => planOf(this.choices.value, this.hasGpu.value));
  /** The plan of one click. */
  readonly oneClick: ReadonlySignal<BenchPlan> = computed(() => ({
    ...oneClickPlan({
      adapter: this.gpu.value.status === "found" ? this.gpu.value.adapter : null,
      cores: navigator.hardwareConcurrency,
    }),
    ...this.asked.changes,
  }));
  /** The record of the headline: of those with steps the last one of this computer, else the last one opened. */
  readonly shown: ReadonlySignal<RecordEntry | null> = computed(() => {
    const all = this.records.value.filter(({ record }) => record.steps.length > 0);
    return all.findLast(({ origin }) => origin === "here") ?? all.at(-1) ?? null;
  });
  /** The record of the last run of this computer. */
  readonly last: ReadonlySignal<BenchRecord | null> = computed(
    () => this.records.value.findLast(({ origin }) => origin === "here")?.record ?? null,
  );
  /** The records of other computers, from links and files, but for the one that is shown. */
  readonly others: ReadonlySignal<readonly RecordEntry[]> = computed(() =>
    this.records.value.filter((entry) => entry.origin !== "here" && entry !== this.shown.value),
  );
  /** Changes to the plan of one click, from the address. */
  readonly asked: Asked;
  readonly attention: TabAttention;
  readonly #runBenchmark: RunBenchmark;
  #controller: AbortController | null = null;
  #timeLeft = new TimeLeft();
  #lastId = 0;

  /** @param query of the page's address */
  constructor(runBenchmark: RunBenchmark, attention: TabAttention, query = "") {
    this.#runBenchmark = runBenchmark;
    this.attention = attention;
    this.asked = readQuery(query);
    if (this.asked.problem) this.problems.value = [this.asked.problem];
  }

  /** Asks the browser for its GPU. Never rejects: an error becomes the reason why there is none. */
  async findGpu(): Promise<void> {
    this.gpu.value = await askForGpu();
  }

  /** Measures a plan. Never rejects; one run at a time: during one, nothing happens. */
  async start(plan: BenchPlan): Promise<void> {
    if (this.#controller) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    this.#timeLeft = new TimeLeft();
    const recordId = this.#nextId();
    this.run.value = { status: "running", recordId, progress: null, stopping: false };
    try {
      const record = await this.#runBenchmark(plan, {
        signal,
        attention: this.attention,
        onProgress: (progress) => {
          this.#timeLeft.begin(progress, this.attention.clock());
          this.run.value = { status: "running", recordId, progress, stopping: signal.aborted };
        },
        onRecord: (part) => this.#put(recordId, part, "here"),
      });
      batch(() => {
        this.#put(recordId, record, "here");
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

  /** Returns the ms that the run has left; null if there is no ground for an estimate. */
  timeLeft(): number | null {
    return this.#timeLeft.estimate(this.attention.clock());
  }

  /** Stops the run and keeps its measurements. */
  cancel(): void {
    this.#controller?.abort();
    const run = this.run.value;
    if (run.status === "running") this.run.value = { ...run, stopping: true };
  }

  /** Opens saved records. Files that are none are named in `problems`. */
  async openFiles(files: readonly File[]): Promise<void> {
    const problems: string[] = [];
    for (const file of files) {
      try {
        this.#add(await readRecordFile(file), "file");
      } catch (error) {
        problems.push(`${file.name}: ${messageOf(error)}`);
      }
    }
    this.problems.value = problems;
  }

  /** Opens the record in the fragment of the address, if there is one. What is wrong with it is in `problems`. */
  async openLink(fragment: string): Promise<void> {
    if (fragment.length <= 1) return;
    try {
      this.#add(await readFragment(fragment), "link");
      this.problems.value = [];
    } catch (error) {
      this.problems.value = [messageOf(error)];
    }
  }

  remove(id: number): void {
    this.records.value = this.records.value.filter((entry) => entry.id !== id);
  }

  /** @throws Error there are too many already */
  #add(record: BenchRecord, origin: RecordEntry["origin"]): void {
    if (this.records.value.length >= MAX_RECORDS)
      throw new Error(`at most ${MAX_RECORDS} runs fit side by side; remove some first.`);
    this.#put(this.#nextId(), record, origin);
  }

  /** Adds a record, or replaces the one with this id. */
  #put(id: number, record: BenchRecord, origin: RecordEntry["origin"]): void {
    const before = this.records.value;
    const entry = { id, record, origin };
    this.records.value = before.some((one) => one.id === id)
      ? before.map((one) => (one.id === id ? entry : one))
      : [...before, entry];
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
