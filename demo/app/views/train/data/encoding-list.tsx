/** How each column of a table became features, in a folded list. */
import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../../../../ui/format.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import { columnsText, countMissing, encodingText, featuresPerColumn } from "./encoding-words.ts";

/** Columns that are listed at most. */
const MOST_COLUMNS = 60;

interface EncodingListProps {
  readonly dataset: DemoDataset;
}

export function EncodingList({ dataset }: EncodingListProps) {
  const { encoder } = dataset;
  const [isOpen, setOpen] = useState(false);
  if (!encoder) return null;
  return (
    <details class="encoding" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        How {columnsText(encoder.columns.length)} became {formatCount(encoder.features.length)} features
      </summary>
      {isOpen && <Columns dataset={dataset} />}
    </details>
  );
}

function Columns({ dataset }: EncodingListProps) {
  const { encoder, train } = dataset;
  const [missing, setMissing] = useState<readonly number[] | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setMissing(null);
    const columns = train.origin?.kind === "table" ? train.origin.columns.slice(0, MOST_COLUMNS) : [];
    void countMissing(columns, signal).then(
      (counts) => signal.aborted || setMissing(counts),
      // Only an abort ends the count early.
      () => {},
    );
    return () => controller.abort();
  }, [dataset]);
  if (!encoder) return null;
  const counts = featuresPerColumn(encoder);
  return (
    <>
      <ul>
        {encoder.columns.slice(0, MOST_COLUMNS).map((column, at) => (
          <li key={column.name}>{encodingText(column, counts[at], missing?.[at] ?? 0)}</li>
        ))}
      </ul>
      {encoder.columns.length > MOST_COLUMNS && (
        <p class="hint">And {formatCount(encoder.columns.length - MOST_COLUMNS)} more.</p>
      )}
    </>
  );
}
