/** @jsxImportSource preact */
/** Step 8: the gradient check, run on a click. */
import { CalmButton } from "../../../components/calm-button.tsx";
import type { Session } from "../../../state/session.ts";
import { count } from "../numbers/format.ts";
import { Formula } from "../parts/formula.tsx";
import { Step } from "../parts/step.tsx";
import type { WorkedSample } from "../worked-sample.ts";
import { CheckReport } from "./check-report.tsx";
import { useCheck } from "./use-check.ts";

interface GradientCheckSectionProps {
  readonly session: Session;
  readonly worked: WorkedSample;
}

/** The panel. */
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
            <CalmButton
              label="Check the gradient"
              isPrimary
              isOff={state.kind === "running"}
              onPress={() => void run()}
            />
          </p>
          <p class="hint">
            At the parameters as they are now, all {count(weights.length + bias.length)} of them, on the
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
