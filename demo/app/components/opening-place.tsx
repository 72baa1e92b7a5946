/** The place below the header for files that are being opened, on whatever view: progress, questions and errors. */
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../state/session.ts";
import { OpeningStage } from "../views/train/data/opening-stage.tsx";

export function OpeningPlace({ session }: { readonly session: Session }) {
  const { opening } = session;
  const { kind } = opening.stage.value;
  // The form of a table shows its own problems.
  const problem = kind === "table" ? "" : opening.problem.value;
  const place = useRef<HTMLDivElement>(null);
  const isOpen = kind !== "idle" || problem !== "";
  useEffect(() => {
    if (!isOpen) {
      // The button that had the focus is gone: the keyboard goes on from the buttons that open files.
      const { activeElement } = document;
      if (activeElement === place.current) document.querySelector<HTMLElement>(".own-data input")?.focus();
      return;
    }
    // Files may be dropped far below: the answer must be seen, and the keyboard goes on from it.
    place.current?.scrollIntoView({ block: "nearest" });
    if (!place.current?.contains(document.activeElement)) place.current?.focus({ preventScroll: true });
  }, [isOpen, kind]);
  return (
    <div class={kind === "idle" ? "opening-place" : "opening-place panel"} ref={place} tabIndex={-1}>
      <OpeningStage session={session} />
      {/* The place exists before its text, else screen readers may not announce it. */}
      <p role="alert" class={problem ? "message error" : "message-place"}>
        {problem}
      </p>
    </div>
  );
}
