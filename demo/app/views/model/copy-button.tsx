/** @jsxImportSource preact */
/** Copies a text; where the browser does not let a page do that, selects it for the user to copy. */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

interface CopyButtonProps {
  readonly text: string;
  /** Where the text stands. */
  readonly place: RefObject<HTMLElement | null>;
}

const SAID = {
  nothing: "",
  copied: "Copied.",
  selected: "This browser does not let the page copy. The code is selected: copy it with Ctrl+C or ⌘C.",
};

/** The button, and what came of it. */
export function CopyButton({ text, place }: CopyButtonProps) {
  const [said, setSaid] = useState<keyof typeof SAID>("nothing");
  useEffect(() => setSaid("nothing"), [text]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("copied");
    } catch {
      if (place.current) getSelection()?.selectAllChildren(place.current);
      setSaid("selected");
    }
  };
  return (
    <div class="buttons copy">
      <button type="button" onClick={() => void copy()}>
        Copy the code
      </button>
      <p class="status" role="status">
        {SAID[said]}
      </p>
    </div>
  );
}
