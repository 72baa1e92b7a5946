/** @jsxImportSource preact */
/** Which class is taken for which, and the rows behind each cell. */
import { useState } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import { CellSamples } from "./cell-samples.tsx";
import { ConfusionGrid } from "./confusion-grid.tsx";
import { ConfusionList } from "./confusion-list.tsx";
import type { Cell, Findings } from "./findings.ts";

/** Classes up to which all cells are laid out. */
const MOST_CLASSES = 26;

/** The matrix and the rows behind a cell: the one chosen, at first the most frequent mistake. */
export function ConfusionPanel({ findings }: { readonly findings: Findings | null }) {
  const [chosen, setChosen] = useState<Cell | null>(null);
  const worst = findings?.mistakes[0];
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
          <Cells findings={findings} chosen={cell} onChoose={setChosen} />
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
