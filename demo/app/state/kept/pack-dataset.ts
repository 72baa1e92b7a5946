/** Packs a data set into JSON and typed arrays, in steps that keep the page responsive. */
import type { RowsInMemory } from "../../../../src/data/rows.ts";
import { isSparse } from "../../../../src/data/sparse-matrix.ts";
import type { Label } from "../../../../src/index.ts";
import { inBlocks } from "../../data/arrays.ts";
import type { DemoDataset, Origin, Samples } from "../../data/demo-dataset.ts";
import type { TableColumn } from "../../data/tables/columns.ts";
import type {
  ArrayJson,
  ColumnJson,
  OriginJson,
  PackedDataset,
  RowsJson,
  SamplesJson,
  TextsJson,
} from "./packed.ts";

/** @throws the signal's reason, once it is aborted */
export async function packDataset(
  dataset: DemoDataset,
  hasRows: boolean,
  signal: AbortSignal,
): Promise<PackedDataset> {
  const packer = new Packer(signal);
  const { name, description, train, validation, image, features, encoder = null, label = null } = dataset;
  const json = {
    ...{ name, description, image, features, label, cols: train.x.cols },
    scale: isSparse(train.x) ? null : (train.x.scale ?? null),
    pictures: dataset.pictures ?? null,
    code: dataset.code,
    encoder: encoder?.toJson() ?? null,
    rows: hasRows
      ? {
          train: await packer.samples(train),
          validation: await packer.samples(validation),
        }
      : null,
  };
  return { json, arrays: packer.arrays };
}

/** Collects the arrays of a data set. */
class Packer {
  readonly arrays: ArrayBufferView<ArrayBuffer>[] = [];
  readonly #signal: AbortSignal;
  #length = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async samples({ x, y, origin }: Samples): Promise<SamplesJson> {
    return {
      x: this.#rows(x),
      ...(await this.#labels(y)),
      origin: origin ? await this.#origin(origin) : null,
    };
  }

  #rows(x: RowsInMemory): RowsJson {
    const { rows, cols } = x;
    if (!isSparse(x)) return { form: "dense", rows, cols, scale: x.scale ?? null, data: this.#array(x.data) };
    return {
      ...{ form: "sparse", rows, cols },
      indptr: this.#array(x.indptr),
      indices: this.#array(x.indices),
      data: x.data ? this.#array(x.data) : null,
    };
  }

  async #labels(y: readonly Label[]): Promise<Pick<SamplesJson, "labels" | "codes">> {
    const places = new Map<Label, number>();
    const codes = new Uint32Array(y.length);
    await inBlocks(y.length, this.#signal, (row) => {
      const place = places.get(y[row]) ?? places.size;
      places.set(y[row], place);
      codes[row] = place;
    });
    return { labels: [...places.keys()], codes: this.#array(codes) };
  }

  async #origin(origin: Origin): Promise<OriginJson> {
    if (origin.kind === "pictures") return { kind: "pictures", paths: await this.#texts(origin.paths) };
    const columns: ColumnJson[] = [];
    for (const column of origin.columns) columns.push(await this.#column(column));
    return { kind: "table", numbers: this.#array(origin.numbers), columns };
  }

  async #column(column: TableColumn): Promise<ColumnJson> {
    const { name, kind } = column;
    if ("texts" in column) return { name, kind, texts: await this.#texts(column.texts) };
    if ("codes" in column) return { name, kind, codes: this.#array(column.codes), values: column.values };
    return { name, kind, values: this.#array(column.values) };
  }

  async #texts(texts: readonly string[]): Promise<TextsJson> {
    const encoder = new TextEncoder();
    const ends = new Uint32Array(texts.length);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    const encode = (at: number) => {
      const bytes = encoder.encode(texts[at]);
      pieces.push(bytes);
      length += bytes.length;
      ends[at] = length;
    };
    await inBlocks(texts.length, this.#signal, encode, TEXT_WORK);
    const bytes = new Uint8Array(length);
    const place = (at: number) => bytes.set(pieces[at], at > 0 ? ends[at - 1] : 0);
    await inBlocks(texts.length, this.#signal, place, TEXT_WORK);
    return { bytes: this.#array(bytes), ends: this.#array(ends) };
  }

  #array(array: ArrayBufferView & { readonly length: number }): ArrayJson {
    const offset = this.#length;
    this.arrays.push(array as ArrayBufferView<ArrayBuffer>);
    this.#length += array.byteLength;
    return { offset, type: Reflect.get(array, Symbol.toStringTag), length: array.length };
  }
}

/** Work with a text, in elements of a block. */
const TEXT_WORK = 64;
