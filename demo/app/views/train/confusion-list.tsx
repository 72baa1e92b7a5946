/** @jsxImportSource preact */
/** The most frequent mistakes as buttons, where classes are too many for a grid. */
import { type CellsProps, cellText, isSame } from "./confusion-cells.ts";

const COUNT = 20;

/** The list. */
export function ConfusionList({ findings, chosen, onChoose }: CellsProps) {
  return (
    <ol class="frequent-mistakes" aria-label="The most frequent mistakes">
      {findings.mistakes.slice(0, COUNT).map((mistake) => (
        <li key={`${mistake.truth}-${mistake.predicted}`}>
          <button type="button" aria-pressed={isSame(mistake, chosen)} onClick={() => onChoose(mistake)}>
            {cellText(findings.report, mistake)} <b>{mistake.count}</b>
          </button>
        </li>
      ))}
    </ol>
  );
}
