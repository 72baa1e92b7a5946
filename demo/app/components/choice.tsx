/** @jsxImportSource preact */
/** A choice of one from a few, each with a plain sentence about what it means. */
import { useId } from "preact/hooks";

/** One that can be chosen. */
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

/** A list to choose from, with the hint of what is chosen below it. */
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
