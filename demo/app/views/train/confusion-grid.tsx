/** The cells of a confusion matrix as a grid of buttons, or the most frequent mistakes as a list. */
import { useRef, useState } from "preact/hooks";
import type { ClassificationReport } from "../../../../src/index.ts";
import { ARROWS } from "../../../ui/arrows.ts";
import type { Cell, Evaluation } from "../../state/evaluation.ts";

interface CellsProps {
  readonly evaluation: Evaluation;
  readonly chosen: Cell | null;
  readonly onChoose: (cell: Cell) => void;
}

export function cellText({ classes }: ClassificationReport, { truth, predicted }: Cell): string {
  return truth === predicted
    ? `${classes[truth]} predicted right`
    : `${classes[truth]} taken for ${classes[predicted]}`;
}

function isSame(a: Cell | null, b: Cell | null): boolean {
  return a?.truth === b?.truth && a?.predicted === b?.predicted;
}

export function ConfusionGrid({ evaluation, chosen, onChoose }: CellsProps) {
  const grid = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<Cell>({ truth: 0, predicted: 0 });
  const { report, counts, mistakes } = evaluation;
  const { classes, perClass } = report;
  const mostMistakes = mistakes[0]?.count ?? 1;
  const move = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const place = (from: number, by: number) => Math.min(classes.length - 1, Math.max(0, from + by));
    const to = place(focused.truth, arrow[1]) * classes.length + place(focused.predicted, arrow[0]);
    grid.current?.querySelectorAll("button")[to]?.focus();
  };
  const strengthOf = ({ truth, predicted }: Cell, count: number) =>
    truth === predicted ? perClass[truth].recall : Math.sqrt(count / mostMistakes);
  return (
    <div class="sideways" style={{ "--columns": classes.length + 1 }}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid of buttons is a table as well */}
      <table class="confusion-grid" role="grid" ref={grid} onKeyDown={move}>
        <caption class="hint">across: predicted, down: what it is</caption>
        <thead>
          <tr>
            <td />
            {classes.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((label, truth) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {classes.map((other, predicted) => {
                const cell = { truth, predicted };
                const count = counts.get(truth * classes.length + predicted) ?? 0;
                return (
                  <td key={other}>
                    <button
                      type="button"
                      class={truth === predicted ? "above" : "below"}
                      style={{ "--strength": strengthOf(cell, count) }}
                      tabIndex={isSame(cell, focused) ? 0 : -1}
                      aria-pressed={isSame(cell, chosen)}
                      aria-label={`${cellText(report, cell)}: ${count} rows`}
                      onFocus={() => setFocused(cell)}
                      onClick={() => onChoose(cell)}
                    >
                      {count || ""}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const COUNT = 20;

export function ConfusionList({ evaluation, chosen, onChoose }: CellsProps) {
  return (
    <ol class="frequent-mistakes" aria-label="The most frequent mistakes">
      {evaluation.mistakes.slice(0, COUNT).map((mistake) => (
        <li key={`${mistake.truth}-${mistake.predicted}`}>
          <button type="button" aria-pressed={isSame(mistake, chosen)} onClick={() => onChoose(mistake)}>
            {cellText(evaluation.report, mistake)} <b>{mistake.count}</b>
          </button>
        </li>
      ))}
    </ol>
  );
}
