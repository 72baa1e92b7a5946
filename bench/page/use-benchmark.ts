/** One run at a time: starts it, follows it, stops it. What it measured goes to `put` while it runs. */
import { useCallback, useRef, useState } from "preact/hooks";
import { messageOf } from "../measure/text.ts";
import type { BenchPlan, BenchProgress, RunBenchmark } from "../plan.ts";
import { nextRecordId, type Records } from "./use-records.ts";

/** How the last run stands. */
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

/** A run's state, and what can be done about it. */
export interface Benchmark {
  readonly state: RunState;
  readonly run: (plan: BenchPlan) => Promise<void>;
  readonly cancel: () => void;
}

/** Runs benchmarks with `runBenchmark`; never rejects. */
export function useBenchmark(runBenchmark: RunBenchmark, put: Records["put"]): Benchmark {
  const [state, setState] = useState<RunState>({ status: "idle" });
  const controller = useRef<AbortController | null>(null);

  const run = useCallback(
    async (plan: BenchPlan) => {
      if (controller.current) return;
      const stop = new AbortController();
      const { signal } = stop;
      controller.current = stop;
      const recordId = nextRecordId();
      setState({ status: "running", recordId, progress: null, stopping: false });
      try {
        const record = await runBenchmark(plan, {
          signal,
          onProgress: (progress) =>
            setState({ status: "running", recordId, progress, stopping: signal.aborted }),
          onRecord: (part) => put(recordId, part),
        });
        put(recordId, record);
        setState({ status: "done" });
      } catch (error) {
        setState(signal.aborted ? { status: "stopped" } : { status: "failed", message: messageOf(error) });
      } finally {
        controller.current = null;
      }
    },
    [runBenchmark, put],
  );

  const cancel = useCallback(() => {
    controller.current?.abort();
    setState((before) => (before.status === "running" ? { ...before, stopping: true } : before));
  }, []);

  return { state, run, cancel };
}
