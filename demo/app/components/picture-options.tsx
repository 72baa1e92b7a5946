/** Options for turning pictures into rows: size and colour, cropping or borders, and copies to train on. */
import { CheckBox, Choice, type Option } from "../../ui/fields.tsx";
import { formatCount } from "../../ui/format.ts";
import type { ImageShape } from "../data/demo-dataset.ts";
import { PICTURE_SHAPES, type PictureChoices } from "../data/open-context.ts";
import type { PictureFit } from "../data/pictures/picture-fit.ts";

const SHAPES = PICTURE_SHAPES.map((shape) => ({
  id: inWords(shape),
  label: inWords(shape),
  hint: `${formatCount(shape.width * shape.height * shape.channels)} features. Small pictures train faster; colour and detail help if the classes differ in them.`,
  shape,
}));

const FITS: readonly Option<PictureFit>[] = [
  { id: "crop", label: "Crop to the middle", hint: "The largest square in the middle is kept." },
  {
    id: "fit",
    label: "Fit with a border",
    hint: "The whole picture is kept. The border gets the mean colour of the picture’s own edge, so that it stands out least.",
  },
  { id: "stretch", label: "Stretch", hint: "The whole picture is kept, but made narrower or flatter." },
];

interface PictureOptionsProps {
  readonly value: PictureChoices;
  readonly onChoose: (choices: PictureChoices) => void;
}

export function PictureOptions({ value, onChoose }: PictureOptionsProps) {
  const size = inWords(value.shape);
  return (
    <>
      <Choice
        label="Size and colour"
        options={SHAPES}
        value={size}
        onChoose={(id) => {
          const { shape } = SHAPES.find((known) => known.id === id) ?? SHAPES[0];
          onChoose({ ...value, shape });
        }}
      />
      <Choice
        label="Pictures of another shape"
        options={FITS}
        value={value.fit}
        onChoose={(fit) => onChoose({ ...value, fit })}
      />
      <CheckBox
        label="Also train on mirrored and shifted copies"
        hint="Four times as many pictures to train on. Not for letters and digits, which mean something else mirrored."
        value={value.makesCopies}
        onChoose={(makesCopies) => onChoose({ ...value, makesCopies })}
      />
    </>
  );
}

function inWords({ width, height, channels }: ImageShape): string {
  return `${width} × ${height}, ${channels === 3 ? "colour" : "grey"}`;
}
