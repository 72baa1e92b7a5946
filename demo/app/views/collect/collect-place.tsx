/** The place of the panel that collects pictures, and the button that opens it. Its code is loaded then. */
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../../state/session.ts";
import { type Loadable, useLoadedView } from "../../use-view.ts";
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
  return session.isCollecting.value ? <Loaded session={session} /> : null;
}

function Loaded({ session }: { readonly session: Session }) {
  const Panel = useLoadedView(PANEL);
  if (Panel === null) return <p class="hint">Loading …</p>;
  if (Panel !== "failed") return <Panel session={session} />;
  return (
    <p role="alert">
      The code that collects pictures did not load. Reload the page once the connection is back.
    </p>
  );
}
