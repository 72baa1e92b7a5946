/** An error about files, shown in their form at the place where it can be mended; it takes the focus. */
import { useEffect, useRef } from "preact/hooks";

/** The parts of the form of a table. */
export type FormPlace = "top" | "header" | "label" | "columns";

interface FormProblemProps {
  /** Empty if there is none. */
  readonly text: string;
}

export function FormProblem({ text }: FormProblemProps) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (text) place.current?.focus();
  }, [text]);
  if (!text) return null;
  return (
    <p role="alert" class="message error" tabIndex={-1} ref={place}>
      {text}
    </p>
  );
}
