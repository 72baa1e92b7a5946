/** Input and output of every reader of files: files, choices, progress. */
import type { ImageShape } from "./demo-dataset.ts";
import type { PictureFit } from "./pictures/picture-fit.ts";

/** A file with its path: `"pets/cats/1.png"` in a folder, else its name alone. */
export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

export interface OpenProgress {
  readonly text: string;
  readonly share: number;
}

/** Callbacks for opening a data set. */
export interface OpenContext {
  /** Its abort rejects the opening with its reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: OpenProgress) => void;
}

export interface TableChoices {
  readonly label: string;
  /** Columns that are not to be features; the labels never are. */
  readonly leaveOut: readonly string[];
  /** Leave out rows with missing values instead of refusing the file. */
  readonly skipIncomplete: boolean;
  /** `"stratified"`: every class keeps its share in both parts. */
  readonly split: "stratified" | "plain";
  /** The features are the pixels of a square grey picture, row after row. */
  readonly arePixels: boolean;
}

export interface PictureChoices {
  readonly shape: ImageShape;
  readonly fit: PictureFit;
  /** Train on mirrored and shifted copies as well. */
  readonly makesCopies: boolean;
  /** Leave out pictures that cannot be decoded instead of refusing the folder. */
  readonly skipBroken: boolean;
}

/** Everything that can be chosen; each kind of file looks at its own part. */
export interface OpenChoices {
  /** Null if no table is opened. */
  readonly table: TableChoices | null;
  readonly pictures: PictureChoices;
}

export const PICTURE_SHAPES: readonly ImageShape[] = [
  { width: 28, height: 28, channels: 1 },
  { width: 32, height: 32, channels: 3 },
  { width: 64, height: 64, channels: 3 },
  { width: 96, height: 96, channels: 3 },
];

export const DEFAULT_PICTURES: PictureChoices = {
  shape: PICTURE_SHAPES[0],
  fit: "crop",
  makesCopies: false,
  skipBroken: false,
};

/** Returns the file with the path that a folder input gives it. */
export function named(file: File): NamedFile {
  return { path: file.webkitRelativePath || file.name, file };
}

export function nameOf({ path }: NamedFile): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A column, by its header and the first rows. */
export interface CsvColumn {
  readonly name: string;
  /** Whether all its cells but the missing ones are numbers. */
  readonly isNumeric: boolean;
}

const USUAL_NAMES = [/^(labels?|class|classes|target|species|category|digit)$/i, /^y$/i];

/** Returns the column that is most likely the labels: by its name, else the last of text, else the last. */
export function likelyLabel(columns: readonly CsvColumn[]): string {
  for (const names of USUAL_NAMES) {
    const usual = columns.find(({ name }) => names.test(name));
    if (usual) return usual.name;
  }
  return (columns.findLast(({ isNumeric }) => !isNumeric) ?? columns[columns.length - 1]).name;
}
