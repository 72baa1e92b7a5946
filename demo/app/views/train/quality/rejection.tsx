/** Rows that get no answer because the model is too unsure: how many are answered, and how many of those are right. */
import { Slider } from "../../../../ui/fields.tsx";
import { formatCount, formatPercent, formatShare } from "../../../../ui/format.ts";
import { LegendMark } from "../../../../ui/markers.tsx";
import type { Session } from "../../../state/session.ts";
import { answersAt, STEPS, type Tally } from "../../../state/tally.ts";
import { Frame, lineThrough, PERCENT } from "./frame.tsx";

/** CSS pixels drawn and left out of the line of the accuracy. */
const DASH = [6, 4];
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

const inWords = (step: number) => (step === 0 ? "0 %, answers all" : `${(100 * step) / STEPS} %`);

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

/** Returns what becomes of the rows below and above a step, in words. */
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

/** Coverage and accuracy by the least probability of an answer. */
function RejectionCurve({ tally, step }: { readonly tally: Tally; readonly step: number }) {
  const at = Array.from({ length: STEPS / STRIDE + 1 }, (_, i) => i * STRIDE);
  const line = (name: "coverage" | "accuracy") =>
    lineThrough(at.map((s) => [s / STEPS, answersAt(tally, s)[name]] as const));
  const chosen = (100 * step) / STEPS;
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
        <path class="frame-chosen" d={`M${chosen} 0V100`} />
      </Frame>
      <ul class="line-key flow">
        <li>
          <LegendMark colour={0} marker={null} dash={[]} /> answered
        </li>
        <li>
          <LegendMark colour={1} marker={null} dash={DASH} /> right among those
        </li>
      </ul>
      <details>
        <summary>The values as a table</summary>
        <table class="metrics-table">
          <thead>
            <tr>
              <th scope="col">least probability</th>
              <th scope="col">answered</th>
              <th scope="col">right among those</th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map((probability) => {
              const { coverage, accuracy } = answersAt(tally, Math.round(probability * STEPS));
              return (
                <tr key={probability}>
                  <th scope="row">
                    {probability > 0.99 ? formatShare(probability) : formatPercent(probability)}
                  </th>
                  <td>{formatShare(coverage)}</td>
                  <td>{formatShare(accuracy)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </details>
    </div>
  );
}
