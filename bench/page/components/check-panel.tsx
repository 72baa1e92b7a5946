/** "Is it right on this GPU?": starts the conformance check, shows its counts and verdict, and copies its report. */
import type { ComponentChildren, RefObject } from "preact";
import { useRef } from "preact/hooks";
import { CopyButton } from "../../../demo/ui/copy-button.tsx";
import { Section } from "../../../demo/ui/section.tsx";
import { describeConformance, isConformant, verdictOf } from "../../conformance/describe-report.ts";
import type { ConformanceReport, Counts } from "../../conformance/report.ts";
import type { CheckState, CheckStatus } from "../check-state.ts";
import type { BenchState } from "../state.ts";
import { PAUSED } from "./run-status.tsx";

interface CheckPanelProps {
  readonly state: BenchState;
  readonly check: CheckState;
}

export function CheckPanel({ state, check }: CheckPanelProps) {
  const now = check.now.value;
  const isChecking = now.status === "checking";
  const isMeasuring = state.run.value.status === "running";
  return (
    <Section
      title="Is it right on this GPU?"
      lead="Every kernel runs on random shapes, in every storage and plan, and each result is compared with a float64 reference. It takes up to two minutes."
    >
      <div class="flow">
        <button
          type="button"
          onClick={() => void (isChecking ? check.cancel() : check.start())}
          disabled={isChecking ? now.isStopping : isMeasuring || !state.hasGpu.value}
        >
          {isChecking ? (now.isStopping ? "Stopping …" : "Stop the check") : "Check this GPU"}
        </button>
        <p class="hint">{hintOf(isMeasuring, state.hasGpu.value)}</p>
      </div>
      {isChecking && (
        <progress aria-label="Progress of the check" max={check.total} value={now.counts?.cases ?? 0} />
      )}
      <p class={`check-words ${now.status === "failed" ? "notice" : "status"}`} aria-live="polite">
        {check.isPaused ? PAUSED : wordsOf(now, check.total)}
      </p>
      {now.status === "ended" && <Verdict report={now.report} />}
    </Section>
  );
}

function hintOf(isMeasuring: boolean, hasGpu: boolean): string {
  if (!hasGpu) return "It needs WebGPU, which this browser does not offer here.";
  return isMeasuring ? "It can start when the measurement has ended." : "A measurement stops it.";
}

function wordsOf(now: CheckStatus, total: number): string {
  switch (now.status) {
    case "idle":
    case "ended":
      return "";
    case "failed":
      return `The check could not run: ${now.message}`;
    case "checking":
      return now.counts ? countsText(now.counts, total) : "Starting …";
  }
}

function countsText({ cases, differing }: Counts, total: number): string {
  return `${cases} of ${total} cases, ${differing} differ`;
}

function Verdict({ report }: { readonly report: ConformanceReport }) {
  const text = useRef<HTMLElement>(null);
  const markdown = describeConformance(report);
  return (
    <>
      <p class={isConformant(report) ? "check-verdict device-name" : "check-verdict notice"} role="status">
        {sentenceOf(report)}
      </p>
      <CopyButton
        label="Copy the report"
        text={markdown}
        refused="This browser does not let the page copy: open the report below and copy its text."
        onRefused={() => text.current && getSelection()?.selectAllChildren(text.current)}
      />
      <details>
        <summary>The report</summary>
        <ReportText place={text}>{markdown}</ReportText>
      </details>
    </>
  );
}

function ReportText({
  place,
  children,
}: {
  readonly place: RefObject<HTMLElement | null>;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="check-report" aria-label="Text of the report" tabIndex={0}>
      <code ref={place}>{children}</code>
    </section>
  );
}

/** Returns the verdict as a sentence, with the reason if it did not come to its end. */
function sentenceOf(report: ConformanceReport): string {
  const verdict = verdictOf(report);
  switch (report.ending) {
    case "device lost":
      return `The GPU was lost. Until then: ${verdict}.`;
    case "stopped":
      return `Stopped. Until then: ${verdict}.`;
    case "out of time":
      return `The two minutes are over. Until then: ${verdict}.`;
    default:
      return isConformant(report) ? `Right: ${verdict}.` : `Not right: ${verdict}.`;
  }
}
