/** @jsxImportSource preact */
/** Options under a common name, any number of which can be chosen, each with a line that says what it means. */
import { useId } from "preact/hooks";
import type { Option } from "../choices.ts";

interface ChoiceGroupProps<O extends Option<string>> {
  readonly title: string;
  readonly options: readonly O[];
  readonly chosen: readonly string[];
  readonly onToggle: (id: O["id"], on: boolean) => void;
  /** Why an option cannot be chosen; null if it can. */
  readonly reasonAgainst?: (option: O) => string | null;
}

/** A fieldset of checkboxes. */
export function ChoiceGroup<O extends Option<string>>(props: ChoiceGroupProps<O>) {
  const { title, options, chosen, onToggle, reasonAgainst } = props;
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {options.map((option) => {
        const reason = reasonAgainst?.(option) ?? null;
        return (
          <Choice
            key={option.id}
            label={option.label}
            hint={reason ?? option.hint}
            checked={reason === null && chosen.includes(option.id)}
            disabled={reason !== null}
            onToggle={(on) => onToggle(option.id, on)}
          />
        );
      })}
    </fieldset>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly onToggle: (on: boolean) => void;
}

function Choice({ label, hint, checked, disabled, onToggle }: ChoiceProps) {
  const id = useId();
  return (
    <div class="choice">
      <input
        type="checkbox"
        id={id}
        aria-describedby={`${id}-hint`}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onToggle(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <span class="hint" id={`${id}-hint`}>
        {hint}
      </span>
    </div>
  );
}
