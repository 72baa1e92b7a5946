/** The page: header, files that are being opened, messages, and one view at a time, which the address names. */
import { useEffect } from "preact/hooks";
import { useDrops } from "../ui/use-drops.ts";
import { KeptNotice } from "./components/kept-notice.tsx";
import { OpeningPlace } from "./components/opening-place.tsx";
import { OwnData, pastedFiles } from "./components/own-data.tsx";
import { PageFooter, PageHeader } from "./components/page-frame.tsx";
import { droppedFiles } from "./data/dropped-files.ts";
import { receiveFiles, takeOrReceive } from "./state/receive-files.ts";
import type { Message } from "./state/run-records.ts";
import type { Session } from "./state/session.ts";
import { type Loadable, useLoadedView, useView } from "./use-view.ts";
import { TITLES, type ViewName } from "./view-names.ts";
import { CollectButton, CollectPlace } from "./views/collect/collect-place.tsx";
import { TrainView } from "./views/train/train-view.tsx";

const VIEWS = {
  train: { View: TrainView },
  try: { load: async () => (await import("./views/try/try-view.tsx")).TryView },
  playground: { load: async () => (await import("./views/playground/playground-view.tsx")).PlaygroundView },
  mathematics: {
    load: async () => (await import("./views/mathematics/mathematics-view.tsx")).MathematicsView,
  },
  model: { load: async () => (await import("./views/model/model-view.tsx")).ModelView },
} as const satisfies Record<ViewName, Loadable>;

export function App({ session }: { readonly session: Session }) {
  const view = useView();
  const title = TITLES[view];
  const View = useLoadedView(VIEWS[view]);
  useEffect(() => {
    document.title = `${title} · softmax-webgpu`;
  }, [title]);
  const isOver = useDrops((dropped) => void takeOrReceive(session, droppedFiles(dropped)));
  usePastes(session);
  return (
    <>
      <PageHeader view={view} />
      <main aria-label={title}>
        <OwnData name={session.dataset.value.name} onFiles={(files) => void receiveFiles(session, files)}>
          <CollectButton session={session} />
        </OwnData>
        <OpeningPlace session={session} />
        {view === "train" && <CollectPlace session={session} />}
        {/* Both places exist before their text, else screen readers may not announce it. */}
        <Place kind="error" message={session.run.message.value} />
        <Place kind="notice" message={session.run.message.value} />
        <KeptNotice kept={session.kept} />
        {View === null && <p class="lead">Loading …</p>}
        {View === "failed" && (
          <p role="alert">This view did not load. Reload the page once the connection is back.</p>
        )}
        {View !== null && View !== "failed" && <View session={session} />}
      </main>
      <PageFooter />
      {isOver && (
        <div class="drop-here" aria-hidden="true">
          <p>Drop to open</p>
        </div>
      )}
    </>
  );
}

/** Opens pasted files and tables, except when a field of the page has the focus. */
function usePastes(session: Session): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]"))
        return;
      const files = pastedFiles(event);
      if (files.length > 0) void takeOrReceive(session, Promise.resolve(files));
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, [session]);
}

interface PlaceProps {
  readonly kind: Message["kind"];
  readonly message: Message | null;
}

/** Shows a message of one kind. */
function Place({ kind, message }: PlaceProps) {
  const text = message?.kind === kind ? message.text : "";
  return (
    <div role={kind === "error" ? "alert" : "status"} class={text ? `message ${kind}` : "message-place"}>
      {text}
    </div>
  );
}
