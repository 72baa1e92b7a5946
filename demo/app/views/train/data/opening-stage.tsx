/** The stage of opening files: nothing, the progress, or a form with questions. */
import { useId } from "preact/hooks";
import { nameOf, type OpenProgress } from "../../../data/open-context.ts";
import type { Opening } from "../../../state/opening.ts";
import { PictureForm } from "./picture-form.tsx";
import { TableForm } from "./table-form.tsx";

export function OpeningStage({ opening }: { readonly opening: Opening }) {
  const stage = opening.stage.value;
  const choices = opening.choices.value;
  const cancel = () => opening.cancel();
  if (stage.kind === "working") return <OpeningProgress progress={stage.progress} onCancel={cancel} />;
  if (stage.kind === "table") {
    return (
      <TableForm
        name={nameOf(stage.known.files[0])}
        profile={stage.profile}
        before={choices.table}
        onOpen={(table) => void opening.answer({ ...choices, table })}
        onCancel={cancel}
      />
    );
  }
  if (stage.kind === "pictures") {
    return (
      <PictureForm
        known={stage.known}
        before={choices.pictures}
        onOpen={(pictures) => void opening.answer({ ...choices, pictures })}
        onCancel={cancel}
      />
    );
  }
  return null;
}

interface OpeningProgressProps {
  readonly progress: OpenProgress;
  readonly onCancel: () => void;
}

/** A progress bar with its text, and a button that cancels. */
function OpeningProgress({ progress: { text, share }, onCancel }: OpeningProgressProps) {
  const id = useId();
  return (
    <div class="opening box">
      <label for={id}>{text}</label>
      <progress id={id} value={share} />
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
