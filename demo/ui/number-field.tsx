/** A field for a whole number, with a label and a hint. */
import { useId } from "preact/hooks";

interface NumberFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly least: number;
  readonly most: number;
  readonly value: number;
  /** Called with a whole number in range, when the field is left or Enter is pressed. */
  readonly onChoose: (value: number) => void;
}

/** A number to type; what is no whole number in range gives way to the value before. */
export function NumberField({ label, hint, least, most, value, onChoose }: NumberFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        step={1}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => {
          const typed = currentTarget.valueAsNumber;
          if (Number.isInteger(typed) && typed >= least && typed <= most) onChoose(typed);
          else currentTarget.value = String(value);
        }}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
