/** New rows of a table, encoded block by block for a model that exists. */
import type { RowsInMemory } from "../../../../src/data/rows.ts";
import { FormatError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import { someOf } from "../open-dataset.ts";
import { columnBuilder } from "./column-builder.ts";
import type { TableEncoder } from "./encoder.ts";
import { SharedBuffers } from "./growing.ts";
import { isEmptyRow } from "./names.ts";
import { openSource } from "./open-source.ts";
import type { TableProfile } from "./profile.ts";
import { profileTable } from "./profile-table.ts";

/** Some rows of the file, in its order. */
export interface TableBlock {
  /** The encoded rows, `[rows, features]`. */
  readonly x: RowsInMemory;
  /** Number of each row as a spreadsheet shows it, `[rows]`. */
  readonly numbers: Uint32Array;
  /** All cells of each row as they are in the file. */
  readonly cells: readonly (readonly string[])[];
  /** Names of all columns of the file. */
  readonly header: readonly string[];
  /** Names of columns that the encoder does not use, such as the labels. */
  readonly ignored: readonly string[];
}

/** Rows of a block at most, and cells of it: fewer rows if there are many columns. */
const BLOCK_ROWS = 2 ** 12;
const BLOCK_CELLS = 2 ** 18;

/** How the columns of a file become those of an encoder. */
interface Mapping {
  readonly header: readonly string[];
  readonly ignored: readonly string[];
  /** Position in the file of each column of the encoder. */
  readonly places: readonly number[];
  readonly profile: TableProfile;
}

/**
 * Yields the rows of a file in blocks. Columns are found by their names; a file without a header must have exactly the
 * columns of the encoder, in that order.
 *
 * @throws FormatError columns that the encoder needs and the file does not have, rows of another length; what the
 *                     file's reader refuses
 */
export async function* transformTable(
  encoder: TableEncoder,
  file: NamedFile,
  context: OpenContext,
): AsyncGenerator<TableBlock> {
  const { signal } = context;
  const mapping = await mappingOf(encoder, file, signal);
  const source = await openSource(file, context);
  let isHeader = mapping.profile.hasHeader && source.names === null;
  const most = Math.min(BLOCK_ROWS, Math.ceil(BLOCK_CELLS / mapping.header.length));
  let block = new Block(encoder, mapping, file.path);
  for await (const { first, rows } of source.rows()) {
    for (const [i, cells] of rows.entries()) {
      if (isEmptyRow(cells)) continue;
      if (isHeader) isHeader = false;
      else block.add(cells, first + i);
      if (block.cells.length < most) continue;
      yield await block.encoded(signal);
      block = new Block(encoder, mapping, file.path);
    }
    await pause(signal);
  }
  if (block.cells.length > 0) yield await block.encoded(signal);
}

async function mappingOf(encoder: TableEncoder, file: NamedFile, signal: AbortSignal): Promise<Mapping> {
  const needed = encoder.columns.map(({ name }) => name);
  const named = await profileTable(file, { hasHeader: true }, signal).catch((error: unknown) => {
    // Data in the first row may be no names: two may be the same.
    if (error instanceof FormatError) return null;
    throw error;
  });
  const found = named && mapped(needed, named);
  if (found) return found;
  const profile = await profileTable(file, {}, signal);
  const guessed = mapped(needed, profile);
  if (guessed) return guessed;
  const mayBeUnnamed = !profile.hasHeader || !profile.isHeaderSure;
  if (mayBeUnnamed && profile.columns.length === needed.length) {
    const plain = await profileTable(file, { hasHeader: false }, signal);
    return { header: needed, ignored: [], places: needed.map((_, i) => i), profile: plain };
  }
  const has = new Set(profile.columns.map(({ name }) => name));
  const missing = needed.filter((name) => !has.has(name));
  throw new FormatError(
    file.path,
    `has no column named ${someOf(missing)}; its first row must name the columns as in the table that was trained on`,
  );
}

/** Returns the places of columns by their names; null if some are absent. */
function mapped(needed: readonly string[], profile: TableProfile): Mapping | null {
  const header = profile.columns.map(({ name }) => name);
  const placeOf = new Map(header.map((name, i) => [name, i]));
  const places: number[] = [];
  for (const name of needed) {
    const place = placeOf.get(name);
    if (place === undefined) return null;
    places.push(place);
  }
  const used = new Set(needed);
  return { header, ignored: header.filter((name) => !used.has(name)), places, profile };
}

/** Rows that are encoded together. */
class Block {
  readonly cells: (readonly string[])[] = [];
  readonly #numbers: number[] = [];
  readonly #encoder: TableEncoder;
  readonly #mapping: Mapping;
  readonly #path: string;

  constructor(encoder: TableEncoder, mapping: Mapping, path: string) {
    this.#encoder = encoder;
    this.#mapping = mapping;
    this.#path = path;
  }

  /** @throws FormatError */
  add(cells: readonly string[], number: number): void {
    const { length } = this.#mapping.header;
    if (cells.length !== length)
      throw new FormatError(this.#path, `row ${number} has ${cells.length} cells, the first row ${length}`);
    this.cells.push(cells);
    this.#numbers.push(number);
  }

  async encoded(signal: AbortSignal): Promise<TableBlock> {
    const { header, ignored, places, profile } = this.#mapping;
    const columns = [];
    const buffers = new SharedBuffers();
    for (const [j, { name, kind, reading }] of this.#encoder.columns.entries()) {
      const { decimal } = profile.columns[places[j]].reading;
      const builder = columnBuilder(
        { name, kind, reading: { dates: reading.dates, decimal } },
        this.#path,
        buffers,
      );
      for (const [i, cells] of this.cells.entries()) builder.add(cells[places[j]], this.#numbers[i]);
      columns.push(await builder.finish(signal));
      await pause(signal);
    }
    const x = await this.#encoder.transform(columns, { signal, onProgress: () => {} });
    return { x, numbers: new Uint32Array(this.#numbers), cells: this.cells, header, ignored };
  }
}
