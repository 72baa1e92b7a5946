/** @jsxImportSource preact */
/** A way to another sample: back, on, by number, or by chance. */
import { useId } from "preact/hooks";
import { count } from "../numbers/format.ts";

interface SamplePickerProps {
  readonly row: number;
  readonly rows: number;
  readonly onChoose: (row: number) => void;
}

/** The buttons and the number. */
export function SamplePicker({ row, rows, onChoose }: SamplePickerProps) {
  const id = useId();
  return (
    <div class="buttons sample-picker">
      <button type="button" onClick={() => onChoose((row + rows - 1) % rows)}>
        Previous
      </button>
      <button type="button" onClick={() => onChoose((row + 1) % rows)}>
        Next
      </button>
      <button type="button" onClick={() => onChoose(Math.floor(Math.random() * rows))}>
        Random
      </button>
      <span class="row-number">
        <label for={id}>Validation row</label>
        <input
          id={id}
          type="number"
          min={1}
          max={rows}
          step={1}
          value={row + 1}
          onChange={({ currentTarget }) => {
            const chosen = Math.round(currentTarget.valueAsNumber);
            if (chosen >= 1 && chosen <= rows) onChoose(chosen - 1);
            else currentTarget.value = String(row + 1);
          }}
        />
        <span class="hint">of {count(rows)}</span>
      </span>
    </div>
  );
}
