/** The page: a heading, messages, and one view at a time, which the address names. */
import { useEffect } from "preact/hooks";
import { useDrops } from "../ui/use-drops.ts";
import { KeptNotice } from "./components/kept-notice.tsx";
import type { Message } from "./state/run-records.ts";
import type { Session } from "./state/session.ts";
import { type Loadable, useLoadedView, useView } from "./use-view.ts";
import { TrainView } from "./views/train/train-view.tsx";

/** The views, by the fragment of the address. */
const VIEWS = {
  train: { title: "Train", View: TrainView },
  try: { title: "Try", load: async () => (await import("./views/try/try-view.tsx")).TryView },
  playground: {
    title: "Playground",
    load: async () => (await import("./views/playground/playground-view.tsx")).PlaygroundView,
  },
  mathematics: {
    title: "Mathematics",
    load: async () => (await import("./views/mathematics/mathematics-view.tsx")).MathematicsView,
  },
  model: { title: "Model", load: async () => (await import("./views/model/model-view.tsx")).ModelView },
} as const satisfies Record<string, Loadable & { readonly title: string }>;

export function App({ session }: { readonly session: Session }) {
  const view = useView(Object.keys(VIEWS) as (keyof typeof VIEWS)[]);
  const { title } = VIEWS[view];
  const View = useLoadedView(VIEWS[view]);
  useEffect(() => {
    document.title = `${title}: watch softmax regression learn`;
  }, [title]);
  // Every view keeps the browser from leaving the page for a dropped file.
  useDrops();
  return (
    <>
      <header>
        <h1>Watch softmax regression learn</h1>
        <p>
          A softmax classifier trains in this tab, on the GPU if there is one, else in WebAssembly. Your data
          stays here; nothing is sent anywhere.
        </p>
        <nav class="views flow" aria-label="Views">
          {Object.entries(VIEWS).map(([name, { title: label }]) => (
            <a key={name} href={`#${name}`} aria-current={name === view ? "page" : undefined}>
              {label}
            </a>
          ))}
        </nav>
      </header>
      <main aria-label={title}>
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
    </>
  );
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
