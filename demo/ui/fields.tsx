/** Form fields with a label and a hint: a checkbox, a list and a slider. */
import { useId, useState } from "preact/hooks";
import { formatSetting } from "./format.ts";

interface CheckBoxProps {
  readonly label: string;
  readonly hint: string;
  readonly value: boolean;
  readonly onChoose: (value: boolean) => void;
  /** Default false. */
  readonly isDisabled?: boolean;
}

/** A checkbox with a hint below its label. */
export function CheckBox({ label, hint, value, onChoose, isDisabled = false }: CheckBoxProps) {
  const id = useId();
  return (
    <div class="choice">
      <input
        id={id}
        type="checkbox"
        checked={value}
        disabled={isDisabled}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <span class="hint" id={`${id}-hint`}>
        {hint}
      </span>
    </div>
  );
}

/** An option of a list or of a group of checkboxes. */
export interface Option<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly hint: string;
}

interface ChoiceProps<Id extends string> {
  readonly label: string;
  readonly options: readonly Option<Id>[];
  readonly value: Id;
  readonly onChoose: (id: Id) => void;
}

/** A list, with the hint of the chosen option below it. */
export function Choice<Id extends string>({ label, options, value, onChoose }: ChoiceProps<Id>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => onChoose(options[currentTarget.selectedIndex].id)}
      >
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
      <p class="hint" id={`${id}-hint`}>
        {options.find((option) => option.id === value)?.hint}
      </p>
    </div>
  );
}

interface SliderProps<Step> {
  readonly label: string;
  readonly hint: string;
  /** Ascending. A value between two steps is kept until the slider is moved. */
  readonly steps: readonly Step[];
  readonly value: Step;
  /** Called when the slider is released; while it moves if `isLive`. */
  readonly onChoose: (value: Step) => void;
  /** Default false. */
  readonly isLive?: boolean;
  /** Default: at most six digits. */
  readonly inWords?: (value: Step) => string;
}

/** A slider over given steps, such as numbers on a log scale, with its value as text. */
export function Slider<Step extends string | number>({
  label,
  hint,
  steps,
  value,
  onChoose,
  isLive = false,
  inWords = formatSetting,
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

/** Returns the index of a value; if it is no step, the index of the next larger step. */
function placeOf<Step extends string | number>(value: Step, steps: readonly Step[]): number {
  const exact = steps.indexOf(value);
  if (exact >= 0) return exact;
  const above = steps.findIndex((step) => Number(step) > Number(value));
  return above >= 0 ? above : steps.length - 1;
}

/** Returns `digits` times each power of ten from 10^`from` up to 10^`to`, the steps of a log scale. */
export function logSteps(digits: readonly number[], from: number, to: number): number[] {
  const powers = Array.from({ length: to - from }, (_, i) => from + i);
  return [
    ...powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`))),
    Number(`1e${to}`),
  ];
}
