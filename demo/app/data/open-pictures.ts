/** Folders of pictures: the name of a picture's folder is its label. */
import { DataError, FormatError } from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import type { NamedFile, OpenContext, PictureChoices } from "./open-context.ts";
import { checkSize, datasetOf, PIXEL_SCALE, someOf, toLabels } from "./open-dataset.ts";
import { createPictureReader } from "./picture-reader.ts";

/** Pictures that are decoded at the same time. */
const TOGETHER = 8;

/** A picture that cannot be decoded, and why. */
interface BrokenPicture {
  readonly path: string;
  /** As the rest of a sentence. */
  readonly problem: string;
}

/**
 * Decodes the pictures in the order of their paths.
 *
 * @throws FormatError pictures outside any folder, or that do not decode unless they are to be skipped
 * @throws DataError   one folder only
 */
export async function openPictures(
  files: readonly NamedFile[],
  { shape, skipBroken }: PictureChoices,
  { signal, onProgress }: OpenContext,
): Promise<DemoDataset> {
  const pictures = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const folders = pictures.map(folderOf);
  const name = nameOfAll(pictures);
  if (folders.every((folder) => folder === folders[0])) {
    throw new DataError(name, `all pictures lie in “${folders[0]}”; each class needs a folder of its own`);
  }
  const cols = shape.width * shape.height * shape.channels;
  checkSize(pictures.length, cols, 1, name);
  const data = new Uint8Array(pictures.length * cols);
  const labels: string[] = [];
  const broken: BrokenPicture[] = [];
  const read = createPictureReader(shape);
  for (let first = 0; first < pictures.length; first += TOGETHER) {
    signal.throwIfAborted();
    const some = pictures.slice(first, first + TOGETHER);
    const pixels = await Promise.all(some.map(({ file }) => read(file)));
    for (const [i, found] of pixels.entries()) {
      if (typeof found === "string") broken.push({ path: some[i].path, problem: found });
      else {
        data.set(found, labels.length * cols);
        labels.push(folders[first + i]);
      }
    }
    const done = first + some.length;
    const text = `Decoding pictures: ${formatCount(done)} of ${formatCount(pictures.length)}`;
    onProgress({ text, share: done / pictures.length });
  }
  if (broken.length > 0 && (!skipBroken || labels.length === 0)) throw brokenError(broken);
  const decoded = data.subarray(0, labels.length * cols);
  const x = { data: decoded, rows: labels.length, cols, scale: PIXEL_SCALE };
  return datasetOf({
    argument: name,
    name,
    samples: { x, y: toLabels(labels) },
    image: shape,
    signal,
    remark: broken.length > 0 ? `Left out, as they do not decode: ${pathsOf(broken)}.` : "",
  });
}

/** Returns the folder of a picture. @throws FormatError a picture without a folder */
function folderOf({ path }: NamedFile): string {
  const folder = path.split("/").at(-2);
  if (folder) return folder;
  throw new FormatError(
    path,
    "is a picture without a folder; open a folder that has a folder of pictures for each class",
  );
}

/** Returns the name of the folder that contains all pictures; `"Pictures"` if there is none. */
function nameOfAll(pictures: readonly NamedFile[]): string {
  const tops = new Set(pictures.map(({ path }) => path.split("/")[0]));
  const [top] = tops;
  return tops.size === 1 ? top : "Pictures";
}

/** Returns an error that explains the first broken picture and lists the paths of the others. */
function brokenError([{ path, problem }, ...others]: readonly BrokenPicture[]): FormatError {
  const more = others.length > 0 ? `; nor do these decode: ${pathsOf(others)}` : "";
  return new FormatError(path, `${problem}${more}`);
}

function pathsOf(broken: readonly BrokenPicture[]): string {
  return someOf(broken.map(({ path }) => path));
}
