/** Controls of the view: a slider that acts while it moves, and choices of a class and of a sample. */
import { useId } from "preact/hooks";
import type { Label } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";

interface LiveRangeProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly inWords: string;
  readonly onMove: (value: number) => void;
}

export function LiveRange({ label, min, max, step, value, inWords, onMove }: LiveRangeProps) {
  const id = useId();
  return (
    <p class="live-range">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={inWords}
        onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
      />
      <output for={id}>{inWords}</output>
    </p>
  );
}

interface ClassPickerProps {
  readonly classes: readonly Label[];
  /** Indices of the classes that can be chosen. */
  readonly shown: readonly number[];
  readonly value: number;
  readonly onChoose: (k: number) => void;
}

/** A row of radio buttons, one per class. */
export function ClassPicker({ classes, shown, value, onChoose }: ClassPickerProps) {
  const name = useId();
  return (
    <fieldset class="class-picker flow">
      <legend>Weights of class</legend>
      {shown.map((k) => (
        <label key={k}>
          <input type="radio" name={name} class="unseen" checked={k === value} onChange={() => onChoose(k)} />
          {classes[k]}
        </label>
      ))}
    </fieldset>
  );
}

interface SamplePickerProps {
  readonly row: number;
  readonly rows: number;
  readonly onChoose: (row: number) => void;
}

/** Buttons to the previous, the next and a random sample, and a field for its number. */
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
      <span class="row-number buttons">
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
        <span class="hint">of {formatCount(rows)}</span>
      </span>
    </div>
  );
}
