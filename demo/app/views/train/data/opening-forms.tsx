/** The form with the questions that files leave open, by their kind. */
import { nameOf } from "../../../data/open-context.ts";
import type { Session } from "../../../state/session.ts";
import { PictureForm } from "./picture-form.tsx";
import { TableForm } from "./table-form.tsx";
import "../../../styles/tables.css";

export function OpeningForms({ session }: { readonly session: Session }) {
  const { opening } = session;
  const stage = opening.stage.value;
  const choices = opening.choices.value;
  const cancel = () => opening.cancel();
  if (stage.kind === "table") {
    return (
      <TableForm
        name={nameOf(stage.known.files[0])}
        profile={stage.profile}
        before={choices.table}
        problem={opening.problem.value}
        isHeaderChanged={opening.isHeaderChanged}
        onHeader={(hasHeader) => void opening.reprofile(hasHeader)}
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
