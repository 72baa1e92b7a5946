/** @jsxImportSource preact */
/** The rows behind a cell of the confusion matrix. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { cellText } from "./confusion-cells.ts";
import { type Cell, type Findings, rowsOfCell } from "./findings.ts";
import { judge } from "./most-wrong.ts";
import { SampleCard } from "./sample-card.tsx";

/** Rows that are shown at first, and that come with every wish for more. */
const STEP = 9;

interface CellSamplesProps {
  readonly findings: Findings;
  readonly cell: Cell;
  /** Why it is shown; null where it was chosen. */
  readonly note: string | null;
}

/** The rows, with what the model predicts for each. */
export function CellSamples({ findings, cell, note }: CellSamplesProps) {
  const [most, setMost] = useState(STEP);
  useEffect(() => setMost(STEP), [cell.truth, cell.predicted]);
  const { dataset, samples, report } = findings;
  const rows = useMemo(() => rowsOfCell(findings, cell), [findings, cell.truth, cell.predicted]);
  return (
    <div class="cell-samples">
      <h3 aria-live="polite">{cellText(report, cell)}</h3>
      <p class="hint">
        {rows.length === 0 ? "No rows" : rows.length === 1 ? "1 row" : `${rows.length} rows`}
        {note && `; ${note}`}
      </p>
      <ul class="samples">
        {Array.from(rows.subarray(0, most), (row) => (
          <SampleCard key={row} dataset={dataset} samples={samples} judged={judge(findings, row)} />
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
