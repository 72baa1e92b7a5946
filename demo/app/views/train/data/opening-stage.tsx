/** @jsxImportSource preact */
/** What the opening of files shows now: nothing, its progress, or what it has to ask. */
import { nameOf } from "../../../data/open-context.ts";
import { OpeningProgress } from "./opening-progress.tsx";
import { PictureForm } from "./picture-form.tsx";
import { TableForm } from "./table-form.tsx";
import type { Opening } from "./use-opening.ts";

/** The part that fits the stage. */
export function OpeningStage({ opening }: { readonly opening: Opening }) {
  const { stage, choices, answer, cancel } = opening;
  if (stage.kind === "working") return <OpeningProgress progress={stage.progress} onCancel={cancel} />;
  if (stage.kind === "table") {
    return (
      <TableForm
        name={nameOf(stage.known.files[0])}
        columns={stage.columns}
        before={choices.table}
        onOpen={(table) => void answer({ ...choices, table })}
        onCancel={cancel}
      />
    );
  }
  if (stage.kind === "pictures") {
    return (
      <PictureForm
        pictures={stage.known.files.length}
        before={choices.pictures}
        onOpen={(pictures) => void answer({ ...choices, pictures })}
        onCancel={cancel}
      />
    );
  }
  return null;
}
