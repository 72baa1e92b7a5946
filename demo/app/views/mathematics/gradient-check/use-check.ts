/** One gradient check at a time, given up when its panel or its data set goes. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../../../state/session.ts";
import type { WorkedSample } from "../worked-sample.ts";
import { checkBatch } from "./batch.ts";
import { type CheckResult, checkGradient } from "./check.ts";

/** Where a check stands. */
export type CheckState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly share: number }
  | { readonly kind: "done"; readonly result: CheckResult; readonly worked: WorkedSample }
  | { readonly kind: "failed"; readonly message: string };

/** The state, and the way to begin. */
export function useCheck(
  session: Session,
  worked: WorkedSample,
): { readonly state: CheckState; readonly run: () => Promise<void> } {
  const [state, setState] = useState<CheckState>({ kind: "idle" });
  const controller = useRef<AbortController | null>(null);
  useEffect(() => {
    setState({ kind: "idle" });
    return () => controller.current?.abort();
  }, [worked.dataset]);

  const run = async () => {
    controller.current = new AbortController();
    const { signal } = controller.current;
    setState({ kind: "running", share: 0 });
    const { l2, labelSmoothing, device: choice } = worked.choices;
    const device = session.device.value?.kind ?? choice;
    const batch = checkBatch(worked.dataset, worked.row, worked.point, { l2, labelSmoothing, device });
    try {
      const onProgress = (share: number) => setState({ kind: "running", share });
      setState({ kind: "done", result: await checkGradient(batch, { signal, onProgress }), worked });
    } catch (error) {
      if (signal.aborted) return;
      setState({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  };
  return { state, run };
}
