/**
 * From the columns of a table to the features of a model: what is learnt from the training rows (means, categories,
 * words), and its application to any rows with the same columns. A model of these features needs no standardisation.
 */
import { allocate } from "../../../../src/data/matrix.ts";
import type { RowsInMemory } from "../../../../src/data/rows.ts";
import type { SparseMatrix } from "../../../../src/data/sparse-matrix.ts";
import { FormatError, LimitError, type Matrix } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import { brief } from "../text.ts";
import type { TableColumn } from "./columns.ts";
import { CategoryPart } from "./encode-category.ts";
import { NumberPart } from "./encode-number.ts";
import { TextPart } from "./encode-text.ts";
import { YesNoPart } from "./encode-yes-no.ts";
import { fieldsOf, listOf, oneOf, textOf } from "./encoder-json.ts";
import type { EncodeContext, EncoderColumn, EncoderPart } from "./encoder-part.ts";
import { joinColumns } from "./join-columns.ts";

export type { EncodeContext, EncoderColumn } from "./encoder-part.ts";

/** A feature of the encoded rows. */
export interface EncodedFeature {
  /** As people read it: `"age"`, `"age is missing"`, `"region: North"`, `"comment: “refund”"`. */
  readonly name: string;
  /** Position of its column in {@link TableEncoder.columns}. */
  readonly column: number;
}

/** Cells of one row by column name; a name that is absent is a missing cell. */
export type RecordCells = ReadonlyMap<string, string>;

/** An encoded row, and what is wrong with its cells by column name. */
export interface EncodedRecord {
  readonly x: RowsInMemory;
  readonly problems: ReadonlyMap<string, string>;
}

const FORMAT = "softmax-webgpu table encoder";
const VERSION = 1;
/** Columns and features at most: those of a table, and of a model. */
const MAX_COLUMNS = 2 ** 17;
const MAX_FEATURES = 2 ** 20;

const KINDS = ["number", "date", "yes-no", "category", "text"] as const;

/** Made by `fit` or `fromJson`. */
export class TableEncoder {
  readonly columns: readonly EncoderColumn[];
  /** Dense features in the order of their columns, then the words of texts. */
  readonly features: readonly EncodedFeature[];
  /** Number of features that are no words of texts. */
  readonly denseFeatures: number;
  readonly #parts: readonly EncoderPart[];

  /** @throws LimitError more features than a model takes */
  private constructor(parts: readonly EncoderPart[]) {
    const features: EncodedFeature[] = [];
    const add = (isWanted: (part: EncoderPart) => boolean) => {
      for (const [column, part] of parts.entries())
        if (isWanted(part)) for (const name of part.names) features.push({ name, column });
    };
    add((part) => !part.isSparse);
    this.denseFeatures = features.length;
    add((part) => part.isSparse);
    this.#parts = parts;
    this.columns = parts.map(({ column }) => column);
    this.features = features;
    if (features.length <= MAX_FEATURES) return;
    throw new LimitError(
      "columns",
      `would give ${formatCount(features.length)} features, this page takes at most ${formatCount(MAX_FEATURES)}; leave some out`,
    );
  }

  /** Learns from training rows. @throws LimitError more features than a model takes; the signal's reason */
  static async fit(columns: readonly TableColumn[], context: EncodeContext): Promise<TableEncoder> {
    const texts = columns.filter(({ kind }) => kind === "text").length;
    const parts: EncoderPart[] = [];
    for (const [i, column] of columns.entries()) {
      report("Learning from", column, i, columns.length, context);
      parts.push(await fitPart(column, texts, context.signal));
    }
    return new TableEncoder(parts);
  }

  /** Returns the encoder that {@link toJson} described. @throws FormatError JSON of something else; LimitError */
  static fromJson(json: unknown): TableEncoder {
    const encoder = fieldsOf(json, "encoder");
    oneOf(encoder, "format", [FORMAT]);
    if (encoder.fields.get("version") !== VERSION)
      throw new FormatError("encoder.version", `expected ${VERSION}; a newer page may have written it`);
    const columns = listOf(encoder, "columns", MAX_COLUMNS);
    if (columns.length === 0) throw new FormatError("encoder.columns", "expected at least one");
    const parts = columns.map((column, i) => partFromJson(column, `encoder.columns[${i}]`));
    if (new Set(parts.map(({ column }) => column.name)).size < parts.length)
      throw new FormatError("encoder.columns", "two have the same name");
    return new TableEncoder(parts);
  }

  /**
   * Encodes rows whose columns have the names and kinds of {@link columns}, in that order.
   *
   * @throws FormatError columns of other kinds; the signal's reason
   */
  async transform(columns: readonly TableColumn[], context: EncodeContext): Promise<RowsInMemory> {
    const { signal } = context;
    this.#checkColumns(columns);
    const rows = lengthOf(columns[0]);
    const cols = this.denseFeatures;
    const data = allocate(Float32Array, rows * cols, "rows") as Float32Array<ArrayBuffer>;
    let at = 0;
    const sparse: SparseMatrix[] = [];
    for (const [i, part] of this.#parts.entries()) {
      report("Encoding", part.column, i, this.#parts.length, context);
      if (part.isSparse) {
        sparse.push(await part.transform(columns[i], signal));
        continue;
      }
      await part.write(columns[i], { data, cols, at }, signal);
      at += part.names.length;
    }
    const dense: Matrix<Float32Array> = { data, rows, cols };
    return sparse.length === 0 ? dense : joinColumns(dense, sparse, signal);
  }

  /**
   * Encodes one row of text cells, such as those of a form. Unreadable numbers and unknown categories count as missing
   * and as other; `problems` says so by column name.
   */
  async transformRecord(cells: RecordCells): Promise<EncodedRecord> {
    const problems = new Map<string, string>();
    const columns = this.#parts.map((part) => {
      const { name } = part.column;
      const { column, problem } = part.read(cells.get(name) ?? "");
      if (problem) problems.set(name, problem);
      return column;
    });
    const { signal } = new AbortController();
    return { x: await this.transform(columns, { signal, onProgress: () => {} }), problems };
  }

  /** Returns plain JSON that {@link fromJson} takes. */
  toJson(): object {
    const columns = this.#parts.map((part) => ({
      name: part.column.name,
      kind: part.column.kind,
      ...part.toJson(),
    }));
    return { format: FORMAT, version: VERSION, columns };
  }

  #checkColumns(columns: readonly TableColumn[]): void {
    const other = this.columns.findIndex(({ name }, i) => columns[i]?.name !== name);
    if (other < 0 && columns.length === this.columns.length) return;
    throw new FormatError("columns", "are not those that the encoder learnt from");
  }
}

/** Steps of progress that are reported at most. */
const STEPS = 100;

/** Reports that the work on a column begins; of many columns, on some. */
function report(
  work: string,
  { name }: { readonly name: string },
  i: number,
  count: number,
  { onProgress }: EncodeContext,
): void {
  if (i % Math.ceil(count / STEPS) === 0) onProgress({ text: `${work} ${brief(name)}`, share: i / count });
}

function fitPart(column: TableColumn, texts: number, signal: AbortSignal): Promise<EncoderPart> {
  if (column.kind === "text") return TextPart.fit(column, texts, signal);
  if (!("codes" in column)) return NumberPart.fit(column, signal);
  return column.kind === "category" ? CategoryPart.fit(column, signal) : YesNoPart.fit(column, signal);
}

function partFromJson(json: unknown, path: string): EncoderPart {
  const fields = fieldsOf(json, path);
  const name = textOf(fields, "name");
  const kind = oneOf(fields, "kind", KINDS);
  if (kind === "text") return TextPart.fromJson(fields, name);
  if (kind === "yes-no") return YesNoPart.fromJson(fields, name);
  return kind === "category" ? CategoryPart.fromJson(fields, name) : NumberPart.fromJson(fields, name, kind);
}

/** Returns the number of rows of a column. */
function lengthOf(column: TableColumn): number {
  if (column.kind === "text") return column.texts.length;
  return "codes" in column ? column.codes.length : column.values.length;
}
