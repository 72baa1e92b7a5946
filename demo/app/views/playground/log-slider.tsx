/** @jsxImportSource preact */
/** A positive number on a log scale, which counts while it is moved. */
import { useId } from "preact/hooks";

/** A label, the number, and the slider between 10^`from` and 10^`to`. */
export function LogSlider({
  label,
  hint,
  from,
  to,
  value,
  inWords,
  onMove,
}: {
  readonly label: string;
  readonly hint: string;
  readonly from: number;
  readonly to: number;
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
        min={from}
        max={to}
        step="any"
        value={Math.log10(value)}
        aria-valuetext={inWords(value)}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => onMove(10 ** currentTarget.valueAsNumber)}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
