/** The confusion matrix, and the rows behind a cell. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatCount, formatShare } from "../../../ui/format.ts";
import { Section } from "../../../ui/section.tsx";
import { type Cell, type Evaluation, predictionOf, rowsOfCell } from "../../state/evaluation.ts";
import { ConfusionGrid, ConfusionList, cellText } from "./confusion-grid.tsx";
import { SampleCard } from "./sample-cards.tsx";

/** Most classes whose cells are shown as a grid. */
const MOST_CLASSES = 26;

/** The matrix, and the rows of the chosen cell; at first of the most frequent mistake. */
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
      lead="On validation rows: blue cells were predicted right, orange ones are mistakes. Choose a cell to see its rows."
    >
      {evaluation && <p class="status matrix-source">{sourceText(evaluation)}</p>}
      {evaluation ? (
        <div class="columns">
          <Cells evaluation={evaluation} chosen={cell} onChoose={setChosen} />
          <CellSamples
            evaluation={evaluation}
            cell={cell}
            note={own ? null : worst ? "the most frequent mistake" : "no mistake was made"}
          />
        </div>
      ) : (
        <p class="status">It appears after the first epoch.</p>
      )}
    </Section>
  );
}

/** Returns which model the cells are of, and how many rows it predicts right. */
function sourceText({ samples, mistakes, report, of }: Evaluation): string {
  const rows = samples.y.length;
  const right = rows - mistakes.reduce((sum, { count }) => sum + count, 0);
  const after = of?.after ? `After ${of.after}` : "The model in use";
  return `${after}: ${formatCount(right)} of ${formatCount(rows)} right, ${formatShare(report.accuracy)}.`;
}

/** Rows that are shown at first, and that each press on "more" adds; fewer of tables, whose cards are large. */
const STEP = 9;
const TABLE_STEP = 6;

interface CellSamplesProps {
  readonly evaluation: Evaluation;
  readonly cell: Cell;
  /** Why the cell is shown; null if it was chosen. */
  readonly note: string | null;
}

function CellSamples({ evaluation, cell, note }: CellSamplesProps) {
  const { dataset, samples, report } = evaluation;
  const step = samples.origin?.kind === "table" ? TABLE_STEP : STEP;
  const [most, setMost] = useState(step);
  useEffect(() => setMost(step), [cell.truth, cell.predicted, step]);
  const rows = useMemo(() => rowsOfCell(evaluation, cell), [evaluation, cell.truth, cell.predicted]);
  return (
    <div class="cell-samples">
      <h3 aria-live="polite">{cellText(report, cell)}</h3>
      <p class="hint">
        {rows.length === 0 ? "No rows" : rows.length === 1 ? "1 row" : `${formatCount(rows.length)} rows`}
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
        <button type="button" class="more" onClick={() => setMost(most + step)}>
          {Math.min(step, rows.length - most)} more
        </button>
      )}
    </div>
  );
}
