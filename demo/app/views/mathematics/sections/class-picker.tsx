/** @jsxImportSource preact */
/** The choice of a class whose weights are looked at. */
import { useId } from "preact/hooks";
import type { Label } from "../../../../../src/index.ts";

interface ClassPickerProps {
  readonly classes: readonly Label[];
  /** Positions that can be chosen. */
  readonly shown: readonly number[];
  readonly value: number;
  readonly onChoose: (k: number) => void;
}

/** Radio buttons in a row. */
export function ClassPicker({ classes, shown, value, onChoose }: ClassPickerProps) {
  const name = useId();
  return (
    <fieldset class="class-picker">
      <legend>Weights of class</legend>
      {shown.map((k) => (
        <label key={k}>
          <input type="radio" name={name} class="unseen" checked={k === value} onChange={() => onChoose(k)} />
          <span>{classes[k]}</span>
        </label>
      ))}
    </fieldset>
  );
}
