/** @jsxImportSource preact */
/** How many rounds are taken. */
import { useId } from "preact/hooks";
import { MAX_ROUNDS } from "../choices.ts";

interface RoundsProps {
  readonly rounds: number;
  readonly onChange: (rounds: number) => void;
}

/** A number; what is none is taken back. */
export function Rounds({ rounds, onChange }: RoundsProps) {
  const id = useId();
  return (
    <div class="rounds">
      <label for={id} class="rounds-label">
        Rounds
      </label>
      <input
        id={id}
        type="number"
        min={1}
        max={MAX_ROUNDS}
        step={1}
        value={rounds}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => {
          if (currentTarget.validity.valid && currentTarget.value) onChange(currentTarget.valueAsNumber);
          else currentTarget.value = String(rounds);
        }}
      />
      <span class="hint" id={`${id}-hint`}>
        contenders take turns so many times, and the median counts; more rounds are steadier and slower
      </span>
    </div>
  );
}
