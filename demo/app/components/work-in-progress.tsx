/** Work on files that takes a while: what is done, how far it is, and a button that cancels. */
import { useId } from "preact/hooks";

interface WorkInProgressProps {
  readonly text: string;
  /** From 0 to 1. */
  readonly share: number;
  readonly onCancel: () => void;
}

export function WorkInProgress({ text, share, onCancel }: WorkInProgressProps) {
  const id = useId();
  return (
    <div class="opening">
      <label for={id}>{text}</label>
      <progress id={id} value={share} />
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
