/** @jsxImportSource preact */
/** A number from steps in order, which counts while the slider is moved. */
import { useId } from "preact/hooks";

/** A label, the number, and the slider. */
export function LiveSlider({
  label,
  hint,
  steps,
  value,
  inWords,
  onMove,
}: {
  readonly label: string;
  readonly hint: string;
  /** Ascending; `value` is one of them. */
  readonly steps: readonly number[];
  readonly value: number;
  readonly inWords: (value: number) => string;
  readonly onMove: (value: number) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <output for={id}>{inWords(value)}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={steps.length - 1}
        step={1}
        value={steps.indexOf(value)}
        aria-valuetext={inWords(value)}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => onMove(steps[currentTarget.valueAsNumber])}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
