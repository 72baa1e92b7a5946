/** Validation rows as cards, and the panel of those that the model gets most wrong. */
import { useMemo } from "preact/hooks";
import { formatShare } from "../../../ui/format.ts";
import { Section } from "../../../ui/section.tsx";
import { useLater } from "../../../ui/signal-hooks.ts";
import { SampleImage } from "../../components/pixel-images.tsx";
import { type DemoDataset, originOf, type Samples } from "../../data/demo-dataset.ts";
import { asDense, rowValues } from "../../data/rows.ts";
import { brief } from "../../data/text.ts";
import { type Evaluation, mostWrong, type SamplePrediction } from "../../state/evaluation.ts";
import { RowCells } from "./row-cells.tsx";

/** Features of a row that are shown if it is no picture. */
const NUMBERS = 6;

interface SampleCardProps {
  readonly dataset: DemoDataset;
  readonly samples: Samples;
  readonly prediction: SamplePrediction;
}

export function SampleCard({ dataset, samples, prediction }: SampleCardProps) {
  const { row, label, probability, predicted, confidence } = prediction;
  const name = originOf(samples, row);
  const isTable = samples.origin?.kind === "table";
  const nameLine = name && (
    <p class="sample-name" title={name}>
      {shortName(name)}
    </p>
  );
  return (
    <li>
      {isTable && nameLine}
      <SampleContent
        dataset={dataset}
        samples={samples}
        row={row}
        name={`${name ?? `Row ${row}`}: a ${label}`}
      />
      {!isTable && nameLine}
      <p class="says">
        <span>
          says <b>{predicted}</b> {formatShare(confidence)}
        </span>
        {predicted !== label && (
          <span class="own">
            is <b>{label}</b> {formatShare(probability)}
          </span>
        )}
      </p>
    </li>
  );
}

interface SampleContentProps {
  readonly dataset: DemoDataset;
  readonly samples: Samples;
  readonly row: number;
  /** Text alternative of a picture. */
  readonly name: string;
}

/** A picture, the cells of a row of a table, or a few numbers. */
function SampleContent({ dataset, samples, row, name }: SampleContentProps) {
  const { image, features } = dataset;
  if (image)
    return <SampleImage dataset={dataset} x={asDense(samples.x)} row={row} shape={image} label={name} />;
  if (samples.origin?.kind === "table" && samples.origin.columns.length > 0)
    return <RowCells columns={samples.origin.columns} row={row} />;
  return <p class="sample-numbers">{numbersOf(samples, row, features)}</p>;
}

/** Characters of a picture's path that fit under it. */
const MOST_OF_PATH = 40;

/** Returns a path without its beginning if it is long: its end tells pictures apart. */
function shortName(name: string): string {
  return name.length > MOST_OF_PATH ? `…${brief(name.slice(-MOST_OF_PATH))}` : brief(name);
}

function numbersOf({ x }: Samples, row: number, names: readonly string[] | null): string {
  const values = rowValues(x, row);
  const shown = Array.from({ length: Math.min(NUMBERS, x.cols) }, (_, j) => {
    const value = withMinus(Number(values[j].toPrecision(3)));
    return names ? `${names[j]} ${value}` : `${value}`;
  });
  return shown.join(", ") + (x.cols > NUMBERS ? ", …" : "");
}

/** Returns a number as text with a true minus sign in front. */
function withMinus(value: number): string {
  return String(value).replace(/^-/, "−");
}

const MOST_CARDS = 18;
const MOST_TABLE_CARDS = 10;

export function WrongPanel({ evaluation: latest }: { readonly evaluation: Evaluation | null }) {
  const evaluation = useLater(latest);
  const isTable = evaluation?.samples.origin?.kind === "table";
  const most = isTable ? MOST_TABLE_CARDS : MOST_CARDS;
  const worst = useMemo(() => (evaluation ? mostWrong(evaluation, most) : []), [evaluation, most]);
  return (
    <Section title="Most wrong" lead="Validation rows whose true label has the lowest predicted probability.">
      {evaluation && worst.length > 0 ? (
        <ol class="samples">
          {worst.map((prediction) => (
            <SampleCard
              key={prediction.row}
              dataset={evaluation.dataset}
              samples={evaluation.samples}
              prediction={prediction}
            />
          ))}
        </ol>
      ) : (
        <p class="status">{evaluation ? "All are predicted right." : "They appear after the first epoch."}</p>
      )}
    </Section>
  );
}
