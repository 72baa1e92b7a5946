/** A button that copies a text, and says whether it could. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface CopyButtonProps {
  readonly label: string;
  /** The button is disabled as long as it is null. */
  readonly text: string | null;
  /** Said afterwards. Default `"Copied."`. */
  readonly copied?: string;
  /** Said if the browser does not let the page copy. */
  readonly refused: string;
  /** Helps to copy by hand then, for example by selecting the text. */
  readonly onRefused: () => void;
  /** More buttons beside it. */
  readonly children?: ComponentChildren;
}

export function CopyButton(props: CopyButtonProps) {
  const { label, text, copied = "Copied.", refused, onRefused, children } = props;
  const [said, setSaid] = useState("");
  useEffect(() => setSaid(""), [text]);
  const copy = async (words: string) => {
    try {
      await navigator.clipboard.writeText(words);
      setSaid(copied);
    } catch {
      onRefused();
      setSaid(refused);
    }
  };
  return (
    <div class="copy">
      <div class="buttons">
        <button type="button" onClick={() => text !== null && void copy(text)} disabled={text === null}>
          {label}
        </button>
        {children}
      </div>
      <p class="hint" role="status">
        {said}
      </p>
    </div>
  );
}
