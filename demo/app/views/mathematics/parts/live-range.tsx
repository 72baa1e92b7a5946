/** @jsxImportSource preact */
/** A number on a slider that is felt while it moves. */
import { useId } from "preact/hooks";

interface LiveRangeProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The slider's own position. */
  readonly value: number;
  /** What the position means. */
  readonly inWords: string;
  readonly onMove: (value: number) => void;
}

/** The slider. */
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
