/** Validation rows as cards, and the panel of those that the model gets most wrong. */
import { useMemo } from "preact/hooks";
import { formatShare } from "../../../ui/format.ts";
import { Section } from "../../../ui/section.tsx";
import { SampleImage } from "../../components/pixel-images.tsx";
import type { DemoDataset, Samples } from "../../data/demo-dataset.ts";
import { asDense, rowValues } from "../../data/rows.ts";
import { type Evaluation, mostWrong, type SamplePrediction } from "../../state/evaluation.ts";

/** Features of a row that are shown if it is no picture. */
const NUMBERS = 6;

interface SampleCardProps {
  readonly dataset: DemoDataset;
  readonly samples: Samples;
  readonly prediction: SamplePrediction;
}

export function SampleCard({ dataset, samples, prediction }: SampleCardProps) {
  const { row, label, probability, predicted, confidence } = prediction;
  return (
    <li>
      {dataset.image ? (
        <SampleImage
          dataset={dataset}
          x={asDense(samples.x)}
          row={row}
          shape={dataset.image}
          label={`Row ${row}: a ${label}`}
        />
      ) : (
        <p class="sample-numbers">{numbersOf(samples, row, dataset.features)}</p>
      )}
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

function numbersOf({ x }: Samples, row: number, names: readonly string[] | null): string {
  const values = rowValues(x, row);
  const shown = Array.from({ length: Math.min(NUMBERS, x.cols) }, (_, j) => {
    const value = Number(values[j].toPrecision(3));
    return names ? `${names[j]} ${value}` : `${value}`;
  });
  return shown.join(", ").replaceAll("-", "−") + (x.cols > NUMBERS ? ", …" : "");
}

const MOST_CARDS = 18;

export function WrongPanel({ evaluation }: { readonly evaluation: Evaluation | null }) {
  const worst = useMemo(() => (evaluation ? mostWrong(evaluation, MOST_CARDS) : []), [evaluation]);
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
