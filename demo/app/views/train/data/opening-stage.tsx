/** The stage of opening files: nothing, the progress, or a form with questions, whose code is loaded with the files. */
import { useId } from "preact/hooks";
import { LazyPart } from "../../../components/lazy-part.tsx";
import type { OpenProgress } from "../../../data/open-context.ts";
import type { Session } from "../../../state/session.ts";
import type { Loadable } from "../../../use-view.ts";

const FORMS: Loadable = { load: async () => (await import("./opening-forms.tsx")).OpeningForms };

export function OpeningStage({ session }: { readonly session: Session }) {
  const { opening } = session;
  const stage = opening.stage.value;
  if (stage.kind === "idle") return null;
  if (stage.kind === "working")
    return <OpeningProgress progress={stage.progress} onCancel={() => opening.cancel()} />;
  return <LazyPart part={FORMS} session={session} name="The form" />;
}

interface OpeningProgressProps {
  readonly progress: OpenProgress;
  readonly onCancel: () => void;
}

/** A progress bar with its text, and a button that cancels. */
function OpeningProgress({ progress: { text, share }, onCancel }: OpeningProgressProps) {
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
