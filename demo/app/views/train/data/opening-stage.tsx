/** The stage of opening files: nothing, the progress, or a form with questions. */
import { useId, useRef } from "preact/hooks";
import { nameOf, type OpenChoices, type OpenProgress } from "../../../data/open-context.ts";
import type { Session } from "../../../state/session.ts";
import { PictureForm } from "./picture-form.tsx";
import { TableForm } from "./table-form.tsx";

export function OpeningStage({ session }: { readonly session: Session }) {
  const { opening } = session;
  /** Whether the latest answer was about the header of a table. */
  const isHeaderChanged = useRef(false);
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
        problem={opening.problem.value}
        isHeaderChanged={isHeaderChanged.current}
        onHeader={(hasHeader) => {
          isHeaderChanged.current = true;
          void opening.reprofile(hasHeader);
        }}
        onOpen={(table) => {
          isHeaderChanged.current = false;
          void openAndTrain(session, { ...choices, table });
        }}
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

/** Opens the files of the form, and starts a run if that succeeds. */
async function openAndTrain({ dataset, opening, run }: Session, choices: OpenChoices): Promise<void> {
  const before = dataset.value;
  await opening.answer(choices);
  if (dataset.value !== before) await run.start();
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
