/** Input and output of every reader of files: files, choices, progress. */
import type { ImageShape } from "./demo-dataset.ts";
import type { PictureFit } from "./pictures/picture-fit.ts";
import type { ColumnKind } from "./tables/columns.ts";

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

/** How a table becomes a data set. */
export interface TableChoices {
  /** Whether the first row holds the names of the columns. */
  readonly hasHeader: boolean;
  /** Name of the column of labels. */
  readonly label: string;
  /** The use of columns by name; absent ones are used as their profile advises. */
  readonly kinds: ReadonlyMap<string, ColumnKind | "leave out">;
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
