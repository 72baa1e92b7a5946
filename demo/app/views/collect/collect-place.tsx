/** The place of the panel that collects pictures, and the button that opens it. Its code is loaded then. */
import { useEffect, useRef } from "preact/hooks";
import { LazyPart } from "../../components/lazy-part.tsx";
import type { Session } from "../../state/session.ts";
import type { Loadable } from "../../use-view.ts";
import { viewOf } from "../../view-names.ts";

const PANEL: Loadable = { load: async () => (await import("./collect-panel.tsx")).CollectPanel };

/** Opens the panel, on the view "Train", and closes it; gets the focus back when the panel is closed. */
export function CollectButton({ session }: { readonly session: Session }) {
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = session.isCollecting.value;
  useEffect(() => {
    if (!isOpen) return;
    return () => {
      if (document.activeElement === document.body) button.current?.focus();
    };
  }, [isOpen]);
  return (
    <button
      ref={button}
      type="button"
      class="file-button"
      aria-expanded={isOpen}
      onClick={() => {
        session.isCollecting.value = !isOpen || viewOf(location.hash) !== "train";
        if (session.isCollecting.value) location.hash = "train";
      }}
    >
      Collect pictures
    </button>
  );
}

export function CollectPlace({ session }: { readonly session: Session }) {
  return session.isCollecting.value ? (
    <LazyPart part={PANEL} session={session} name="The code that collects pictures" />
  ) : null;
}
