/** Data sets of the demo: training and validation rows with labels, their origins, and the shape of pictures. */
import type { RowsInMemory } from "../../../src/data/rows.ts";
import type { Label } from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import type { PictureFit } from "./pictures/picture-fit.ts";
import type { TableColumn } from "./tables/columns.ts";
import type { TableEncoder } from "./tables/encoder.ts";

/** Rows with a label each. */
export interface Samples {
  /** Dense; sparse for tables with columns of text. */
  readonly x: RowsInMemory;
  /** `[N]` */
  readonly y: readonly Label[];
  /** Null for generated rows, and for files whose rows have neither paths nor numbers. */
  readonly origin?: Origin | null;
}

/** The origin of rows: the paths of pictures, or the row numbers and cells of a table. */
export type Origin =
  | { readonly kind: "pictures"; readonly paths: readonly string[] }
  | {
      readonly kind: "table";
      /** Number of each row in its file as a spreadsheet counts them, `[N]`. */
      readonly numbers: Uint32Array;
      /** The columns that were encoded, in the encoder's order. */
      readonly columns: readonly TableColumn[];
    };

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
  /** How picture files were brought to the size of the rows; null if rows are no picture files. Default null. */
  readonly pictures?: { readonly fit: PictureFit } | null;
  /** Names of the features; null if they have none. */
  readonly features: readonly string[] | null;
  /** How cells of a table became features; null if rows are no encoded table. Default null. */
  readonly encoder?: TableEncoder | null;
  /** Name of the label column of a table. Default null. */
  readonly label?: string | null;
  /** Null for rows from files that the library has no reader for. */
  readonly code: RowsCode | null;
}

/** Returns the name of a row where it comes from, `"row 1,017"` or `"cats/3.png"`; null if it has none. */
export function originOf({ origin }: Samples, row: number): string | null {
  if (!origin) return null;
  return origin.kind === "pictures" ? origin.paths[row] : `row ${formatCount(origin.numbers[row])}`;
}
