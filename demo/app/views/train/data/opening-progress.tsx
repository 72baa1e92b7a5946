/** @jsxImportSource preact */
/** How far the opening of files is, and a way out. */
import { useId } from "preact/hooks";
import type { OpenProgress } from "../../../data/open-context.ts";

interface OpeningProgressProps {
  readonly progress: OpenProgress;
  readonly onCancel: () => void;
}

/** A bar, what is being done, and a button. */
export function OpeningProgress({ progress: { text, share }, onCancel }: OpeningProgressProps) {
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
