/** @jsxImportSource preact */
/** Something to be on or off, with a plain sentence about what it does. */
import { useId } from "preact/hooks";

interface CheckProps {
  readonly label: string;
  readonly hint: string;
  readonly value: boolean;
  readonly onChoose: (value: boolean) => void;
}

/** A labelled checkbox. */
export function Check({ label, hint, value, onChoose }: CheckProps) {
  const id = useId();
  return (
    <div class="choice">
      <input
        id={id}
        type="checkbox"
        checked={value}
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
