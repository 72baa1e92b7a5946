/** Makes a data set from picture files with a label each: reads them, holds some back, and multiplies the others. */
import { DataError, FormatError } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import type { DemoDataset } from "../demo-dataset.ts";
import type { NamedFile, OpenContext, PictureChoices } from "../open-context.ts";
import { checkSize, datasetOf, PIXEL_SCALE, someOf, toLabels } from "../open-dataset.ts";
import { COPIES, withCopies } from "./copies.ts";
import { createPictureReader } from "./picture-reader.ts";

export interface LabelledPicture extends NamedFile {
  readonly label: string;
}

export interface LabelledPictures {
  readonly name: string;
  readonly pictures: readonly LabelledPicture[];
}

/** The pictures that were read, in their order, and those that cannot be. */
interface ReadPictures {
  /** `[N · D]` */
  readonly data: Uint8Array;
  readonly labels: readonly string[];
  readonly paths: readonly string[];
  readonly broken: readonly BrokenPicture[];
}

/** A picture that cannot be decoded, and why. */
interface BrokenPicture {
  readonly path: string;
  /** As the rest of a sentence. */
  readonly problem: string;
}

/**
 * Reads all pictures and holds a fifth back.
 *
 * @throws FormatError pictures that do not decode, unless they are to be skipped
 * @throws DataError   one label only
 * @throws LimitError  more pictures than this page has memory for
 */
export async function picturesDataset(
  { name, pictures }: LabelledPictures,
  choices: PictureChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  const { shape, fit, skipBroken, makesCopies } = choices;
  const { signal } = context;
  const [{ label }] = pictures;
  if (pictures.every((picture) => picture.label === label)) {
    throw new DataError(name, `all pictures lie in “${label}”; each class needs a folder of its own`);
  }
  const cols = shape.width * shape.height * shape.channels;
  checkSize(pictures.length * (makesCopies ? COPIES : 1), cols, 1, name);
  const { data, labels, paths, broken } = await readAll(pictures, choices, context);
  if (broken.length > 0 && (!skipBroken || labels.length === 0)) throw brokenError(broken);
  const x = { data, rows: labels.length, cols, scale: PIXEL_SCALE };
  const dataset = await datasetOf({
    argument: name,
    name,
    samples: { x, y: toLabels(labels), origin: { kind: "pictures", paths } },
    image: shape,
    signal,
    remark: broken.length > 0 ? `Left out, as they do not decode: ${pathsOf(broken)}.` : "",
  });
  const read = { ...dataset, pictures: { fit } };
  if (!makesCopies) return read;
  const train = await withCopies(dataset.train, shape, signal);
  const remark = `Each picture to train on is also mirrored and shifted: ${formatCount(train.x.rows)} rows, ${COPIES} × as many.`;
  return { ...read, train, description: `${dataset.description} ${remark}` };
}

/** Reads a few pictures at a time. */
async function readAll(
  pictures: readonly LabelledPicture[],
  { shape, fit }: PictureChoices,
  { signal, onProgress }: OpenContext,
): Promise<ReadPictures> {
  const cols = shape.width * shape.height * shape.channels;
  const data = new Uint8Array(pictures.length * cols);
  const labels: string[] = [];
  const paths: string[] = [];
  const broken: BrokenPicture[] = [];
  const { read, together, dispose } = createPictureReader(shape, fit);
  // An abort ends the Workers at once.
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
  try {
    for (let first = 0; first < pictures.length; first += together) {
      signal.throwIfAborted();
      const some = pictures.slice(first, first + together);
      const rows = await Promise.race([Promise.all(some.map(({ file }) => read(file))), aborted]);
      for (const [i, row] of rows.entries()) {
        const { path, label } = some[i];
        if (typeof row === "string") broken.push({ path, problem: row });
        else {
          data.set(row, labels.length * cols);
          labels.push(label);
          paths.push(path);
        }
      }
      const done = first + some.length;
      const text = `Decoding pictures: ${formatCount(done)} of ${formatCount(pictures.length)}`;
      onProgress({ text, share: done / pictures.length });
    }
  } finally {
    dispose();
  }
  return { data: data.subarray(0, labels.length * cols), labels, paths, broken };
}

/** Returns an error that explains the first broken picture and lists the paths of the others. */
function brokenError([{ path, problem }, ...others]: readonly BrokenPicture[]): FormatError {
  const more = others.length > 0 ? `; nor do these decode: ${pathsOf(others)}` : "";
  return new FormatError(path, `${problem}${more}`);
}

function pathsOf(broken: readonly BrokenPicture[]): string {
  return someOf(broken.map(({ path }) => path));
}
