/** Step 8: the gradient check, run on a click. */
import { useEffect, useRef, useState } from "preact/hooks";
import { FocusableButton } from "../../../../ui/buttons.tsx";
import { formatCount } from "../../../../ui/format.ts";
import type { Session } from "../../../state/session.ts";
import { CheckReport } from "../check-report.tsx";
import { type CheckResult, checkBatch, checkGradient } from "../gradient-check.ts";
import { Formula, Step } from "../step.tsx";
import type { WorkedSample } from "../worked-sample.ts";

interface GradientCheckSectionProps {
  readonly session: Session;
  readonly worked: WorkedSample;
}

export function GradientCheckSection({ session, worked }: GradientCheckSectionProps) {
  const { state, run } = useCheck(session, worked);
  const { weights, bias } = worked.point.parameters;
  return (
    <Step
      title="8. Does it hold? The gradient check"
      theory={
        <>
          <Formula
            display
            tex="\frac{\partial J}{\partial \theta_i} \approx \frac{J(\theta + h e_i) - J(\theta - h e_i)}{2h}"
          />
          <p>
            Differences know no formula for a gradient: they only ask what J is, twice for each parameter. If{" "}
            <Formula tex="(p - y)\,x^{\top} + 2 \lambda W" /> agrees with them in float64, the formula is
            right; if this device agrees with the formula, so is its code.
          </p>
          <p>
            <FocusableButton
              label="Check the gradient"
              isPrimary
              isDisabled={state.kind === "running"}
              onPress={() => void run()}
            />
          </p>
          <p class="hint">
            At the parameters as they are now, all {formatCount(weights.length + bias.length)} of them, on the
            validation rows from this sample on. The page stays alive meanwhile.
          </p>
        </>
      }
    >
      {state.kind === "idle" && <p class="empty">Nothing checked yet.</p>}
      {state.kind === "running" && <progress aria-label="Gradient check" max={1} value={state.share} />}
      <div role="alert">{state.kind === "failed" && <p class="notice">{state.message}</p>}</div>
      <div aria-live="polite">
        {state.kind === "done" && <CheckReport result={state.result} worked={state.worked} />}
      </div>
    </Step>
  );
}

type CheckState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly share: number }
  | { readonly kind: "done"; readonly result: CheckResult; readonly worked: WorkedSample }
  | { readonly kind: "failed"; readonly message: string };

/** Returns the state of the check and a function that starts it. A change of the data set aborts the check. */
function useCheck(session: Session, worked: WorkedSample) {
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
    const device = session.run.device.value?.kind ?? choice;
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
