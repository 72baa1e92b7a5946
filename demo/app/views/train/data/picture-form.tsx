/** The form for a folder of pictures: their size, and broken files. */
import { useState } from "preact/hooks";
import { CheckBox, Choice } from "../../../../ui/fields.tsx";
import { formatCount } from "../../../../ui/format.ts";
import type { ImageShape } from "../../../data/demo-dataset.ts";
import { PICTURE_SHAPES, type PictureChoices } from "../../../data/open-context.ts";
import { type KnownFiles, remarkOnIgnored } from "../../../data/open-kind.ts";
import { OpeningForm } from "./opening-form.tsx";

interface PictureFormProps {
  /** The pictures and other files of their folders. */
  readonly known: KnownFiles;
  readonly before: PictureChoices;
  readonly onOpen: (choices: PictureChoices) => void;
  readonly onCancel: () => void;
}

const SHAPES = PICTURE_SHAPES.map((shape) => ({
  id: inWords(shape),
  label: inWords(shape),
  hint: `All pictures are stretched to this size: ${formatCount(shape.width * shape.height * shape.channels)} features.`,
  shape,
}));

export function PictureForm({ known, before, onOpen, onCancel }: PictureFormProps) {
  const [size, setSize] = useState(inWords(before.shape));
  const [skipBroken, setSkipBroken] = useState(before.skipBroken);
  const { shape } = SHAPES.find(({ id }) => id === size) ?? SHAPES[0];
  const ignored = remarkOnIgnored(known);
  return (
    <OpeningForm
      title={`Open ${formatCount(known.files.length)} pictures`}
      onOpen={() => onOpen({ shape, skipBroken })}
      onCancel={onCancel}
    >
      <Choice label="Size and colour" options={SHAPES} value={size} onChoose={setSize} />
      <CheckBox
        label="Leave out pictures that do not decode"
        hint="Otherwise they are named and nothing is opened."
        value={skipBroken}
        onChoose={setSkipBroken}
      />
      {ignored && <p class="hint">{ignored}</p>}
    </OpeningForm>
  );
}

function inWords({ width, height, channels }: ImageShape): string {
  return `${width} × ${height}, ${channels === 3 ? "colour" : "grey"}`;
}
