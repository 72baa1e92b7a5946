/** @jsxImportSource preact */
/** Which class is taken for which, and the rows behind each cell. */
import { useMemo, useState } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import { CellSamples } from "./cell-samples.tsx";
import { type Cell, mistakesOf } from "./confusion-cells.ts";
import { ConfusionGrid } from "./confusion-grid.tsx";
import { ConfusionList } from "./confusion-list.tsx";
import type { Findings } from "./use-findings.ts";

/** Classes up to which all cells are laid out. */
const MOST_CLASSES = 26;

/** The matrix and the rows behind a cell: the one chosen, at first the most frequent mistake. */
export function ConfusionPanel({ findings }: { readonly findings: Findings | null }) {
  const [chosen, setChosen] = useState<Cell | null>(null);
  const worst = useMemo(() => findings && mistakesOf(findings.report)[0], [findings]);
  const K = findings?.report.classes.length ?? 0;
  const own = chosen && chosen.truth < K && chosen.predicted < K ? chosen : null;
  const cell = own ?? worst ?? { truth: 0, predicted: 0 };
  const Cells = K > MOST_CLASSES ? ConfusionList : ConfusionGrid;
  return (
    <Section
      title="Confusion matrix"
      lead="Of rows that were held back: blue cells were predicted right, orange ones are mistakes. Choose a cell to see its rows."
    >
      {findings ? (
        <div class="confusion">
          <Cells report={findings.report} chosen={cell} onChoose={setChosen} />
          <CellSamples
            findings={findings}
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
