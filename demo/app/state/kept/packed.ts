/**
 * A data set as plain JSON beside the bytes of its arrays: the form in which the browser's database and project files
 * hold it. The JSON says where each array begins. Its bytes are those that it has in memory. (Every platform of today's
 * browsers stores them the same way round.)
 */
import type { Label } from "../../../../src/index.ts";
import type { BuiltIn } from "../../data/built-in.ts";
import type { RowsCode } from "../../data/demo-dataset.ts";
import type { ColumnKind } from "../../data/tables/columns.ts";

/** A typed array. */
export interface ArrayJson {
  /** Its first byte. */
  readonly offset: number;
  /** Name of the array's class, for example `"Float32Array"`. */
  readonly type: string;
  readonly length: number;
}

/** Texts as UTF-8, one after the other. */
export interface TextsJson {
  readonly bytes: ArrayJson;
  /** Where each text ends in `bytes`. */
  readonly ends: ArrayJson;
}

export type RowsJson =
  | {
      readonly form: "dense";
      readonly rows: number;
      readonly cols: number;
      readonly scale: number | null;
      readonly data: ArrayJson;
    }
  | {
      readonly form: "sparse";
      readonly rows: number;
      readonly cols: number;
      readonly indptr: ArrayJson;
      readonly indices: ArrayJson;
      /** Null if all values are 1. */
      readonly data: ArrayJson | null;
    };

export type ColumnJson =
  | { readonly name: string; readonly kind: ColumnKind; readonly values: ArrayJson }
  | {
      readonly name: string;
      readonly kind: ColumnKind;
      readonly codes: ArrayJson;
      readonly values: readonly string[];
    }
  | { readonly name: string; readonly kind: ColumnKind; readonly texts: TextsJson };

export type OriginJson =
  | { readonly kind: "pictures"; readonly paths: TextsJson }
  | { readonly kind: "table"; readonly numbers: ArrayJson; readonly columns: readonly ColumnJson[] };

export interface SamplesJson {
  readonly x: RowsJson;
  readonly labels: readonly Label[];
  /** Position of each row's label in `labels`. */
  readonly codes: ArrayJson;
  readonly origin: OriginJson | null;
}

export interface DatasetJson {
  readonly name: string;
  readonly description: string;
  /** D */
  readonly cols: number;
  /** Factor from the elements of the training rows to values; null for 1. Pictures need it without the rows too. */
  readonly scale: number | null;
  readonly image: { readonly width: number; readonly height: number; readonly channels: number } | null;
  /** How picture files were brought to the size of the rows; null if rows are no picture files. */
  readonly pictures: { readonly fit: string } | null;
  readonly features: readonly string[] | null;
  /** JSON of the encoder, for `TableEncoder.fromJson`. */
  readonly encoder: object | null;
  readonly label: string | null;
  /** Code that makes the same rows; null if the library has no reader for them. */
  readonly code: RowsCode | null;
  /** Null if the rows were left out. */
  readonly rows: { readonly train: SamplesJson; readonly validation: SamplesJson } | null;
}

/** A data set that came with the page: its rows are made anew. */
export interface BuiltInJson {
  readonly builtIn: BuiltIn;
}

export interface PackedDataset {
  readonly json: DatasetJson;
  /** Contents, one after the other. */
  readonly arrays: readonly ArrayBufferView<ArrayBuffer>[];
}
