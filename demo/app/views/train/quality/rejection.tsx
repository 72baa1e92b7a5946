/** Rows that get no answer because the model is too unsure: how many are answered, and how many of those are right. */
import { Slider } from "../../../../ui/fields.tsx";
import { formatCount, formatShare } from "../../../../ui/format.ts";
import type { Session } from "../../../state/session.ts";
import { answersAt, STEPS, type Tally } from "../../../state/tally.ts";
import { Frame, LineKey, lineThrough, PERCENT } from "./frame.tsx";
import { ValuesTable } from "./values-table.tsx";

/** Distance of the points of the curve, in steps. */
const STRIDE = 5;
/** Least probabilities in the table. */
const ROWS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999];

/** Returns the least probabilities to choose from: none, then each percent that some best of K classes can be below. */
function stepsFor(K: number): number[] {
  const first = Math.floor(100 / K) + 1;
  const percents = Array.from({ length: 100 - first }, (_, i) => ((first + i) * STEPS) / 100);
  return [0, ...percents, 0.995 * STEPS, 0.999 * STEPS];
}

/** Returns a least probability as text, whole numbers of a tally's steps. */
function inWords(step: number): string {
  return `${formatShare(step / STEPS)}${step === 0 ? ", answers all" : ""}`;
}

interface RejectionProps {
  readonly session: Session;
  readonly tally: Tally;
  /** Number of classes. */
  readonly K: number;
}

export function Rejection({ session, tally, K }: RejectionProps) {
  const step = Math.round(session.minProbability.value * STEPS);
  return (
    <div class="quality-part">
      <h3>When is it too unsure to say?</h3>
      <div class="columns">
        <div>
          <Slider
            label="Least probability"
            hint="Rows whose most probable class has less get no answer, also when you try the model."
            steps={stepsFor(K)}
            value={step}
            onChoose={(to) => {
              session.minProbability.value = to / STEPS;
            }}
            isLive
            inWords={inWords}
          />
          <p role="status">{rejectionText(tally, step)}</p>
        </div>
        <RejectionCurve tally={tally} step={step} />
      </div>
    </div>
  );
}

/** Returns how many rows get an answer at a step, and how many of those are right, in words. */
export function rejectionText(tally: Tally, step: number): string {
  const { answered, right, coverage, accuracy } = answersAt(tally, step);
  const without = tally.rows - answered;
  if (answered === 0) return `None of the ${formatCount(tally.rows)} validation rows gets an answer.`;
  const rightText = `${formatCount(right)} are right (${formatShare(accuracy)})`;
  if (without === 0) return `All ${formatCount(tally.rows)} validation rows get an answer; ${rightText}.`;
  const gained = right - answersAt(tally, 0).right + (answersAt(tally, 0).answered - answered);
  return (
    `${formatCount(answered)} of ${formatCount(tally.rows)} validation rows (${formatShare(coverage)}) get an answer; ` +
    `${rightText}. Of the ${formatCount(without)} without one, ${formatCount(gained)} would have been wrong.`
  );
}

/** Draws coverage and accuracy by the least probability of an answer. */
function RejectionCurve({ tally, step }: { readonly tally: Tally; readonly step: number }) {
  const at = Array.from({ length: STEPS / STRIDE + 1 }, (_, i) => i * STRIDE);
  const line = (name: "coverage" | "accuracy") =>
    lineThrough(at.map((s) => [s / STEPS, answersAt(tally, s)[name]] as const));
  return (
    <div>
      <Frame
        caption="Answered, and right among those"
        inWords="Share of rows that are answered, and accuracy among them, by the least probability. The table below has the values."
        xTitle="least probability of an answer"
        xMarks={PERCENT}
        yMarks={PERCENT}
      >
        <path class="frame-line" d={line("coverage")} />
        <path class="frame-line second" d={line("accuracy")} />
        <path class="frame-chosen" d={`M${(100 * step) / STEPS} 0V100`} />
      </Frame>
      <LineKey names={["answered", "right among those"]} />
      <ValuesTable
        heads={["least probability", "answered", "right among those"]}
        rows={ROWS.map((probability) => {
          const { coverage, accuracy } = answersAt(tally, Math.round(probability * STEPS));
          return { key: probability, cells: [probability, coverage, accuracy].map(formatShare) };
        })}
      />
    </div>
  );
}
