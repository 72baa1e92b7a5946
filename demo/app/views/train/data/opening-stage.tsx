/** The stage of opening files: nothing, the progress, or a form with questions, whose code is loaded with the files. */
import { LazyPart } from "../../../components/lazy-part.tsx";
import { WorkInProgress } from "../../../components/work-in-progress.tsx";
import type { Session } from "../../../state/session.ts";
import type { Loadable } from "../../../use-view.ts";

const FORMS: Loadable = { load: async () => (await import("./opening-forms.tsx")).OpeningForms };

export function OpeningStage({ session }: { readonly session: Session }) {
  const { opening } = session;
  const stage = opening.stage.value;
  if (stage.kind === "idle") return null;
  if (stage.kind === "working")
    return <WorkInProgress {...stage.progress} onCancel={() => opening.cancel()} />;
  return <LazyPart part={FORMS} session={session} name="The form" />;
}
