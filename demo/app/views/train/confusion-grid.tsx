/** @jsxImportSource preact */
/** All cells of a confusion matrix as a grid of buttons; one tab stop, and arrow keys from there. */
import { useRef, useState } from "preact/hooks";
import { type CellsProps, cellText, isSame } from "./confusion-cells.ts";
import type { Cell } from "./findings.ts";

const ARROWS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The grid. */
export function ConfusionGrid({ findings, chosen, onChoose }: CellsProps) {
  const grid = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<Cell>({ truth: 0, predicted: 0 });
  const { report, counts, mistakes } = findings;
  const { classes, perClass } = report;
  const mostMistakes = mistakes[0]?.count ?? 1;
  const move = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const place = (from: number, by: number) => Math.min(classes.length - 1, Math.max(0, from + by));
    const to = place(focused.truth, arrow[0]) * classes.length + place(focused.predicted, arrow[1]);
    grid.current?.querySelectorAll("button")[to]?.focus();
  };
  const strengthOf = ({ truth, predicted }: Cell, count: number) =>
    truth === predicted ? perClass[truth].recall : Math.sqrt(count / mostMistakes);
  return (
    <div class="sideways" style={{ "--columns": classes.length + 1 }}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid of buttons is a table as well */}
      <table class="confusion-grid" role="grid" ref={grid} onKeyDown={move}>
        <caption>across: predicted, down: what it is</caption>
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
                      class={truth === predicted ? "right" : "mistake"}
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
