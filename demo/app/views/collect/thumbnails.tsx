/** The latest pictures of a class, small; pressing one deletes it. The arrow keys go from one to the next. */
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "../../../ui/format.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { PictureReader } from "../../data/pictures/picture-reader.ts";
import { reasonOf } from "../../data/text.ts";

export const THUMBNAIL: ImageShape = { width: 48, height: 48, channels: 3 };

/** Thumbnails that are shown of a class. */
const SHOWN = 24;

/** Steps from one thumbnail to another, by keys. */
const STEPS: Readonly<Record<string, number | undefined>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Pixels of files that were read before. */
const known = new WeakMap<File, ImageData>();

interface ThumbnailsProps {
  /** Name of the class. */
  readonly of: string;
  readonly pictures: readonly File[];
  readonly reader: PictureReader;
  readonly onDelete: (picture: File) => void;
  /** Called with a file that is no picture, and its fault as the end of a sentence. */
  readonly onBroken: (picture: File, fault: string) => void;
  /** Called when files cannot be read at all, with a sentence. */
  readonly onFailure: (problem: string) => void;
}

export function Thumbnails({ of, pictures, onDelete, ...reading }: ThumbnailsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState(0);
  const latest = pictures.slice(-SHOWN).reverse();
  const first = Math.min(chosen, latest.length - 1);
  const focus = (at: number) => {
    const buttons = list.current?.querySelectorAll("button") ?? [];
    const next = Math.min(buttons.length - 1, Math.max(0, at));
    setChosen(next);
    buttons[next]?.focus();
  };
  return (
    <>
      <ul class="collected" ref={list} aria-label={`Pictures of ${of}, the latest first`}>
        {latest.map((picture, i) => (
          <li key={keyOf(picture)}>
            <button
              type="button"
              title={`Delete ${picture.name}`}
              tabIndex={i === first ? 0 : -1}
              onKeyDown={(event) => {
                const step = STEPS[event.key];
                if (step === undefined) return;
                event.preventDefault();
                focus(i + step);
              }}
              onClick={() => {
                // The focus goes to the next before its button goes away.
                focus(i + 1 < latest.length ? i + 1 : i - 1);
                onDelete(picture);
              }}
            >
              <Thumbnail picture={picture} {...reading} />
            </button>
          </li>
        ))}
      </ul>
      {pictures.length > SHOWN && (
        <p class="hint">{`The latest ${SHOWN} of ${formatCount(pictures.length)}.`}</p>
      )}
    </>
  );
}

const keys = new WeakMap<File, number>();
let lastKey = 0;

/** Returns a number that no other file has: names may be the same. */
function keyOf(picture: File): number {
  const key = keys.get(picture) ?? ++lastKey;
  keys.set(picture, key);
  return key;
}

type ThumbnailProps = Pick<ThumbnailsProps, "reader" | "onBroken" | "onFailure"> & { readonly picture: File };

function Thumbnail({ picture, reader, onBroken, onFailure }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isGone = false;
    const paint = (image: ImageData) => canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
    const image = known.get(picture);
    if (image) return void paint(image);
    reader.read(picture).then(
      (row) => {
        if (isGone) return;
        if (typeof row === "string") return onBroken(picture, row);
        const read = imageOf(row);
        known.set(picture, read);
        paint(read);
      },
      (error: unknown) => {
        if (!isGone) onFailure(reasonOf(error));
      },
    );
    return () => {
      isGone = true;
    };
  }, [picture, reader]);
  const { width, height } = THUMBNAIL;
  return (
    <canvas ref={canvas} width={width} height={height} role="img" aria-label={`Delete ${picture.name}`} />
  );
}

function imageOf(row: Uint8Array): ImageData {
  const image = new ImageData(THUMBNAIL.width, THUMBNAIL.height);
  for (let j = 0; j < row.length; j++) image.data[4 * Math.floor(j / 3) + (j % 3)] = row[j];
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
  return image;
}
