/** Drawing without a pointer: a pad of cells, walked with the arrow keys; Space fills and empties a cell. */
import { useRef, useState } from "preact/hooks";
import { ARROWS } from "../../../ui/arrows.ts";
import { CELLS } from "./cells.ts";
import type { Drawing } from "./drawing.ts";

const CELL_NUMBERS = Array.from({ length: CELLS * CELLS }, (_, cell) => cell);

/** The pad of cells. `onEnd` is called after each change. */
export function Pad({ drawing, onEnd }: { readonly drawing: Drawing; readonly onEnd: () => void }) {
  const grid = useRef<HTMLFieldSetElement>(null);
  const [current, setCurrent] = useState(0);
  const source = drawing.source.value;
  const cells: ReadonlySet<number> = source.kind === "cells" ? source.cells : new Set<number>();

  const put = (cell: number, isOn: boolean) => {
    const changed = new Set(cells);
    if (isOn) changed.add(cell);
    else changed.delete(cell);
    drawing.source.value = { kind: "cells", cells: changed };
    onEnd();
  };
  const walk = (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (!step) return;
    const column = limited((current % CELLS) + step[0]);
    const next = CELLS * limited(Math.floor(current / CELLS) + step[1]) + column;
    if (event.shiftKey) put(next, true);
    setCurrent(next);
    grid.current?.querySelectorAll("button")[next].focus();
    event.preventDefault();
  };
  return (
    <details class="pad">
      <summary>Draw with the keyboard</summary>
      <p class="hint" id="pad-keys">
        Arrow keys walk, Space fills or empties a cell, Shift with an arrow key draws a line. Cells that touch
        are joined.
      </p>
      <fieldset ref={grid} class="cells" aria-describedby="pad-keys">
        <legend class="unseen">Cells of the drawing</legend>
        {CELL_NUMBERS.map((cell) => (
          <button
            key={cell}
            type="button"
            tabIndex={cell === current ? 0 : -1}
            aria-pressed={cells.has(cell)}
            aria-label={`Row ${Math.floor(cell / CELLS) + 1}, column ${(cell % CELLS) + 1}`}
            onKeyDown={walk}
            onClick={() => {
              setCurrent(cell);
              put(cell, !cells.has(cell));
            }}
          />
        ))}
      </fieldset>
    </details>
  );
}

function limited(position: number): number {
  return Math.min(CELLS - 1, Math.max(0, position));
}
