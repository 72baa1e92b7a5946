/** The form for a folder of pictures: how they become rows, and broken files. */
import { useState } from "preact/hooks";
import { CheckBox } from "../../../../ui/fields.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { PictureOptions } from "../../../components/picture-options.tsx";
import type { PictureChoices } from "../../../data/open-context.ts";
import { type KnownFiles, remarkOnIgnored } from "../../../data/open-kind.ts";
import { OpeningForm } from "./opening-form.tsx";

interface PictureFormProps {
  /** The pictures and other files of their folders. */
  readonly known: KnownFiles;
  readonly before: PictureChoices;
  readonly onOpen: (choices: PictureChoices) => void;
  readonly onCancel: () => void;
}

export function PictureForm({ known, before, onOpen, onCancel }: PictureFormProps) {
  const [choices, setChoices] = useState(before);
  const ignored = remarkOnIgnored(known);
  return (
    <OpeningForm
      title={`Open ${formatCount(known.files.length)} pictures`}
      onOpen={() => onOpen(choices)}
      onCancel={onCancel}
    >
      <PictureOptions value={choices} onChoose={setChoices} />
      <CheckBox
        label="Leave out pictures that do not decode"
        hint="Otherwise they are named and nothing is opened."
        value={choices.skipBroken}
        onChoose={(skipBroken) => setChoices({ ...choices, skipBroken })}
      />
      {ignored && <p class="hint">{ignored}</p>}
    </OpeningForm>
  );
}
