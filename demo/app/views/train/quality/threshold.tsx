/** For two classes: the probability from which a row is taken for one of them, and the four outcomes. */
import { useId } from "preact/hooks";
import type { Label } from "../../../../../src/index.ts";
import { Choice, Slider } from "../../../../ui/fields.tsx";
import { formatCount, formatPercent, formatShare } from "../../../../ui/format.ts";
import type { Session } from "../../../state/session.ts";
import { histogramOf, type Outcomes, outcomesAt, rarerOf, STEPS, type Tally } from "../../../state/tally.ts";
import { Frame, type Mark } from "./frame.tsx";

type Pairs = NonNullable<Tally["pairs"]>;

const BINS = 20;

/** Thresholds in steps of a percent, finer near 0 and 1, as whole numbers of a tally's steps. */
const FINE = [1, 2, 5];
const THRESHOLDS = [
  ...FINE,
  ...Array.from({ length: 99 }, (_, i) => ((i + 1) * STEPS) / 100),
  ...FINE.map((step) => STEPS - step).reverse(),
];

const percent = (step: number) => `${(100 * step) / STEPS} %`;

interface ThresholdPartProps {
  readonly session: Session;
  readonly pairs: Pairs;
  readonly classes: readonly Label[];
}

export function ThresholdPart({ session, pairs, classes }: ThresholdPartProps) {
  const chosen = session.threshold.value;
  const known = chosen ? classes.indexOf(chosen.positive) : -1;
  const positive = known < 0 ? rarerOf(pairs) : known;
  const step = Math.round((chosen?.probability ?? 0.5) * STEPS);
  const outcomes = outcomesAt(pairs, positive, step);
  const [own, other] = [String(classes[positive]), String(classes[1 - positive])];
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
            options={classes.map((label, k) => ({
              id: String(k),
              label: String(label),
              hint: `${formatCount(pairs[k][k][0])} of the validation rows are of it.`,
            }))}
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
        <OutcomesTable outcomes={outcomes} own={own} other={other} />
      </div>
    </div>
  );
}

interface OutcomesProps {
  readonly outcomes: Outcomes;
  readonly own: string;
  readonly other: string;
}

function OutcomesTable({ outcomes, own, other }: OutcomesProps) {
  const { found, missed, falseAlarms, leftAlone, precision, recall } = outcomes;
  const cell = (count: number, meaning: string) => (
    <td>
      <b>{formatCount(count)}</b> <span class="hint">{meaning}</span>
    </td>
  );
  return (
    <div>
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

const EDGES: readonly Mark[] = [0, 0.25, 0.5, 0.75, 1].map((place) => [place, `${100 * place}%`]);

interface HistogramProps {
  readonly pairs: Pairs;
  readonly positive: number;
  readonly step: number;
  readonly names: readonly [own: string, other: string];
}

/** Rows of the class upwards, those of the other downwards, by their probability; a line is the threshold. */
function Histogram({ pairs, positive, step, names: [own, other] }: HistogramProps) {
  const id = useId();
  const up = histogramOf(pairs[positive][positive], BINS);
  const down = histogramOf(pairs[positive][1 - positive], BINS);
  const most = Math.max(...up, ...down, 1);
  const height = (count: number) => (count === 0 ? 0 : Math.max(1, (48 * count) / most));
  const width = 100 / BINS;
  const at = (100 * step) / STEPS;
  const marks: Mark[] = [
    [0.02, formatCount(most)],
    [0.5, "0"],
    [0.98, formatCount(most)],
  ];
  return (
    <>
      <Frame
        caption="Validation rows by probability"
        inWords={`Number of validation rows by their probability of ${own}. The table below has the values.`}
        xTitle={`probability of “${own}”`}
        xMarks={EDGES}
        yMarks={marks}
      >
        <defs>
          <pattern id={id} width="100" height="3" patternUnits="userSpaceOnUse">
            <path class="histogram-stripe" d="M0 1H100" />
          </pattern>
        </defs>
        {up.map((count, bin) => (
          <rect
            key={`up ${bin * width}`}
            class="histogram-own"
            x={bin * width + 0.4}
            width={width - 0.8}
            y={50 - height(count)}
            height={height(count)}
          />
        ))}
        {down.map((count, bin) => (
          <rect
            key={`down ${bin * width}`}
            class="histogram-other"
            x={bin * width + 0.4}
            width={width - 0.8}
            y={50}
            height={height(count)}
            fill={`url(#${id})`}
          />
        ))}
        <path class="frame-chosen" d={`M${at} 0V100`} />
      </Frame>
      <ul class="line-key flow">
        <li>
          <span class="key-own" aria-hidden="true" /> is “{own}”, upwards
        </li>
        <li>
          <span class="key-other" aria-hidden="true" /> is “{other}”, downwards
        </li>
      </ul>
      <details>
        <summary>The values as a table</summary>
        <table class="metrics-table">
          <thead>
            <tr>
              <th scope="col">probability of “{own}”</th>
              <th scope="col">is “{own}”</th>
              <th scope="col">is “{other}”</th>
            </tr>
          </thead>
          <tbody>
            {up.map((count, bin) => (
              <tr key={`row ${bin * width}`}>
                <th scope="row">
                  {bin * width} to {formatPercent((bin + 1) / BINS)}
                </th>
                <td>{formatCount(count)}</td>
                <td>{formatCount(down[bin])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
