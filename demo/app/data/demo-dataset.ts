/** Data sets of the demo: training and validation rows with labels, and the shape of images. */
import type { Label, Matrix } from "../../../src/index.ts";

/** Rows with a label each. */
export interface Samples {
  readonly x: Matrix;
  /** `[N]` */
  readonly y: readonly Label[];
}

/** The picture that a row is, channel after channel within a pixel. */
export interface ImageShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Code that makes the same rows with the library. */
export interface RowsCode {
  /** The package's entries that it needs beside the estimator, by the name that is imported from each. */
  readonly imports: Readonly<Record<string, string>>;
  /** Declares `train` and `validation`, { x, y } each. */
  readonly text: string;
}

export interface DemoDataset {
  /** In a few words, for example `"Stroke digits"`; of rows from files, what the file or folder is called. */
  readonly name: string;
  /** Whether it came with the page: a file may have the same name. Default false. */
  readonly isBuiltIn?: boolean;
  readonly description: string;
  readonly train: Samples;
  /** Rows that are never trained on. */
  readonly validation: Samples;
  /** Null if rows are no images. */
  readonly image: ImageShape | null;
  /** Names of the columns; null if they have none. */
  readonly features: readonly string[] | null;
  /** Null for rows from files that the library has no reader for. */
  readonly code: RowsCode | null;
}
