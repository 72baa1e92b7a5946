/** @jsxImportSource preact */
/** A choice from steps in order, such as numbers on a log scale, as a slider with its value in words. */
import { useId, useState } from "preact/hooks";

interface SliderProps<Step> {
  readonly label: string;
  /** One plain sentence about what it does. */
  readonly hint: string;
  /** Ascending. A value between two of them is kept until the slider is moved. */
  readonly steps: readonly Step[];
  readonly value: Step;
  /** Called once the slider is let go of; of a live one, while it is moved. */
  readonly onChoose: (value: Step) => void;
  /** Default false. */
  readonly isLive?: boolean;
  /** Default: six digits at most. */
  readonly inWords?: (value: Step) => string;
}

/** The slider. */
export function Slider<Step extends string | number>({
  label,
  hint,
  steps,
  value,
  onChoose,
  isLive = false,
  inWords = plainly,
}: SliderProps<Step>) {
  const id = useId();
  const [moving, setMoving] = useState<Step | null>(null);
  const shown = moving ?? value;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <output for={id}>{inWords(shown)}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={steps.length - 1}
        step={1}
        value={placeOf(shown, steps)}
        aria-valuetext={inWords(shown)}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => {
          const step = steps[currentTarget.valueAsNumber];
          if (isLive) onChoose(step);
          else setMoving(step);
        }}
        onChange={({ currentTarget }) => {
          setMoving(null);
          if (!isLive) onChoose(steps[currentTarget.valueAsNumber]);
        }}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}

/** Where a value stands; of one that is no step, the next one above. */
function placeOf<Step extends string | number>(value: Step, steps: readonly Step[]): number {
  const exact = steps.indexOf(value);
  if (exact >= 0) return exact;
  const above = steps.findIndex((step) => Number(step) > Number(value));
  return above >= 0 ? above : steps.length - 1;
}

const GROUPED = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });

function plainly(value: string | number): string {
  return typeof value === "number" ? GROUPED.format(value) : value;
}
