/** The probability from which a row is taken for one of two classes, and the four outcomes. */
import type { Label } from "../../../../../src/index.ts";
import { Choice, type Option, Slider } from "../../../../ui/fields.tsx";
import { formatCount, formatShare } from "../../../../ui/format.ts";
import type { Session } from "../../../state/session.ts";
import { likelyPositive, type Outcomes, outcomesAt, STEPS, type Tally } from "../../../state/tally.ts";
import { Histogram } from "./histogram.tsx";

type Pairs = NonNullable<Tally["pairs"]>;

/** Thresholds in steps of a percent, finer near 0 and 1, as whole numbers of a tally's steps. */
const FINE = [1, 2, 5];
const THRESHOLDS = [
  ...FINE,
  ...Array.from({ length: 99 }, (_, i) => ((i + 1) * STEPS) / 100),
  ...FINE.map((step) => STEPS - step).reverse(),
];

const percent = (step: number) => formatShare(step / STEPS);

interface ThresholdPartProps {
  readonly session: Session;
  readonly pairs: Pairs;
  readonly classes: readonly Label[];
}

export function ThresholdPart({ session, pairs, classes }: ThresholdPartProps) {
  const chosen = session.threshold.value;
  const known = chosen ? classes.indexOf(chosen.positive) : -1;
  const positive = known < 0 ? likelyPositive(pairs, classes) : known;
  const step = Math.round((chosen?.probability ?? 0.5) * STEPS);
  const outcomes = outcomesAt(pairs, positive, step);
  const [own, other] = [positive, 1 - positive].map((k) => String(classes[k]));
  const choose = (k: number, to: number) => {
    session.threshold.value = { positive: classes[k], probability: to / STEPS };
  };
  return (
    <div class="quality-part">
      <h3>From which probability on is a row “{own}”?</h3>
      <div class="columns">
        <div>
          <Choice
            label="Class that is looked for"
            options={classes.map((label, k) => classOption(pairs, label, k))}
            value={String(positive)}
            onChoose={(id) => choose(Number(id), step)}
          />
          <Slider
            label="Threshold"
            hint={`Rows with a lower probability of “${own}” are taken for “${other}”.`}
            steps={THRESHOLDS}
            value={step}
            onChoose={(to) => choose(positive, to)}
            isLive
            inWords={percent}
          />
          <Histogram pairs={pairs} positive={positive} step={step} names={[own, other]} />
        </div>
        <OutcomesPart outcomes={outcomes} own={own} other={other} />
      </div>
    </div>
  );
}

function classOption(pairs: Pairs, label: Label, k: number): Option<string> {
  const hint = `${formatCount(pairs[k][k][0])} of the validation rows are of it.`;
  return { id: String(k), label: String(label), hint };
}

interface OutcomesProps {
  readonly outcomes: Outcomes;
  readonly own: string;
  readonly other: string;
}

/** Shows the four outcomes, and precision and recall in words. */
function OutcomesPart({ outcomes, own, other }: OutcomesProps) {
  const { precision, recall } = outcomes;
  return (
    <div>
      <OutcomesTable outcomes={outcomes} own={own} other={other} />
      <div role="status">
        <p>
          <b>Precision {formatShare(precision)}.</b> {precisionText(outcomes, own)}
        </p>
        <p>
          <b>Recall {formatShare(recall)}.</b> {recallText(outcomes, own)}
        </p>
      </div>
      <p class="hint">
        A higher threshold gives fewer false alarms and misses more. Which of the two costs more, only you
        know.
      </p>
    </div>
  );
}

function OutcomesTable({ outcomes, own, other }: OutcomesProps) {
  const { found, missed, falseAlarms, leftAlone } = outcomes;
  const cell = (count: number, meaning: string) => (
    <td>
      <b>{formatCount(count)}</b> <span class="hint">{meaning}</span>
    </td>
  );
  return (
    <table class="outcomes">
      <caption class="hint">Across: what the model says; down: what the row is</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">says “{own}”</th>
          <th scope="col">says “{other}”</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">is “{own}”</th>
          {cell(found, "found")}
          {cell(missed, "missed")}
        </tr>
        <tr>
          <th scope="row">is “{other}”</th>
          {cell(falseAlarms, "false alarms")}
          {cell(leftAlone, "rightly left alone")}
        </tr>
      </tbody>
    </table>
  );
}

export function precisionText({ found, falseAlarms }: Outcomes, own: string): string {
  const said = found + falseAlarms;
  if (said === 0) return `No row is called “${own}”.`;
  return `Of ${formatCount(said)} ${said === 1 ? "row" : "rows"} called “${own}”, ${formatCount(found)} ${found === 1 ? "is" : "are"}.`;
}

export function recallText({ found, missed }: Outcomes, own: string): string {
  const all = found + missed;
  if (all === 0) return `No validation row is “${own}”.`;
  return `Of ${formatCount(all)} ${all === 1 ? "row that is" : "rows that are"} “${own}”, the model finds ${formatCount(found)}.`;
}
