/** The frame of a form about files: a heading that takes the focus, and buttons that open or cancel. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface OpeningFormProps {
  readonly title: string;
  readonly onOpen: () => void;
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
}

export function OpeningForm({ title, onOpen, onCancel, children }: OpeningFormProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A problem within the form takes the focus first.
    if (!form.current?.contains(document.activeElement)) heading.current?.focus();
  }, []);
  return (
    <form
      class="opening"
      aria-labelledby={id}
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        onOpen();
      }}
    >
      <h3 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {children}
      <div class="buttons">
        <button type="submit" class="primary">
          Open and train
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
