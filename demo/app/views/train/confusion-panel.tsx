/** Which class is taken for which, and the rows behind each cell. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { Section } from "../../../ui/section.tsx";
import { type Cell, type Evaluation, predictionOf, rowsOfCell } from "../../state/evaluation.ts";
import { ConfusionGrid, ConfusionList, cellText } from "./confusion-grid.tsx";
import { SampleCard } from "./sample-cards.tsx";

/** Classes up to which all cells are laid out. */
const MOST_CLASSES = 26;

/** The matrix and the rows behind a cell: the one chosen, at first the most frequent mistake. */
export function ConfusionPanel({ evaluation }: { readonly evaluation: Evaluation | null }) {
  const [chosen, setChosen] = useState<Cell | null>(null);
  const worst = evaluation?.mistakes[0];
  const K = evaluation?.report.classes.length ?? 0;
  const own = chosen && chosen.truth < K && chosen.predicted < K ? chosen : null;
  const cell = own ?? worst ?? { truth: 0, predicted: 0 };
  const Cells = K > MOST_CLASSES ? ConfusionList : ConfusionGrid;
  return (
    <Section
      title="Confusion matrix"
      lead="Of rows that were held back: blue cells were predicted right, orange ones are mistakes. Choose a cell to see its rows."
    >
      {evaluation ? (
        <div class="confusion">
          <Cells evaluation={evaluation} chosen={cell} onChoose={setChosen} />
          <CellSamples
            evaluation={evaluation}
            cell={cell}
            note={own ? null : worst ? "the most frequent mistake" : "no mistake was made"}
          />
        </div>
      ) : (
        <p class="nothing-yet">It shows up with the first round of training.</p>
      )}
    </Section>
  );
}

/** Rows that are shown at first, and that come with every wish for more. */
const STEP = 9;

interface CellSamplesProps {
  readonly evaluation: Evaluation;
  readonly cell: Cell;
  /** Why it is shown; null where it was chosen. */
  readonly note: string | null;
}

/** The rows, with what the model predicts for each. */
export function CellSamples({ evaluation, cell, note }: CellSamplesProps) {
  const [most, setMost] = useState(STEP);
  useEffect(() => setMost(STEP), [cell.truth, cell.predicted]);
  const { dataset, samples, report } = evaluation;
  const rows = useMemo(() => rowsOfCell(evaluation, cell), [evaluation, cell.truth, cell.predicted]);
  return (
    <div class="cell-samples">
      <h3 aria-live="polite">{cellText(report, cell)}</h3>
      <p class="hint">
        {rows.length === 0 ? "No rows" : rows.length === 1 ? "1 row" : `${rows.length} rows`}
        {note && `; ${note}`}
      </p>
      <ul class="samples">
        {Array.from(rows.subarray(0, most), (row) => (
          <SampleCard
            key={row}
            dataset={dataset}
            samples={samples}
            prediction={predictionOf(evaluation, row)}
          />
        ))}
      </ul>
      {rows.length > most && (
        <button type="button" class="more" onClick={() => setMost(most + STEP)}>
          {Math.min(STEP, rows.length - most)} more
        </button>
      )}
    </div>
  );
}
