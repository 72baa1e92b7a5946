/** Folders of pictures: the name of a picture's folder is its label. */
import { FormatError } from "../../../../src/index.ts";
import type { DemoDataset } from "../demo-dataset.ts";
import type { NamedFile, OpenContext, PictureChoices } from "../open-context.ts";
import { picturesDataset } from "./pictures-dataset.ts";

/**
 * Decodes the pictures in the order of their paths.
 *
 * @throws FormatError pictures outside any folder, or that do not decode unless they are to be skipped
 * @throws DataError   one folder only
 */
export async function openPictures(
  files: readonly NamedFile[],
  choices: PictureChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const pictures = sorted.map((picture) => ({ ...picture, label: folderOf(picture) }));
  return picturesDataset({ name: nameOfAll(sorted), pictures }, choices, context);
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
