/** JSON as rows: an object or a list a line (JSON Lines), or one array of them. */
import { FormatError } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import { someOf } from "../open-dataset.ts";
import { brief } from "../text.ts";
import { textOfValue } from "./cell-values.ts";
import { jsonItems } from "./json-items.ts";
import type { TableRows, TableSource } from "./table-source.ts";

/** First objects whose keys become the columns. */
const KEYED = 1000;

/** Opens the file and reads its first objects. @throws FormatError text that is no list of objects or of lists */
export async function openJson(file: NamedFile, context: OpenContext): Promise<TableSource> {
  const items = jsonItems(file, context);
  const first: unknown[] = [];
  while (first.length < KEYED) {
    const step = await items.next();
    if (step.done) break;
    // One by one: a piece may hold more items than a call takes arguments.
    for (const item of step.value) first.push(item);
  }
  if (first.length === 0) throw new FormatError(file.path, "is empty");
  if (Array.isArray(first[0])) return new JsonSource(file.path, null, first, items);
  if (first.length === 1 && (await items.next()).done) {
    throw new FormatError(
      file.path,
      "holds one object; a table is an array of objects, or an object on each line",
    );
  }
  const keys = new Set<string>();
  for (const item of first.slice(0, KEYED)) for (const key of keysOf(item)) keys.add(key);
  return new JsonSource(file.path, [...keys], first, items);
}

function keysOf(item: unknown): string[] {
  return typeof item === "object" && item !== null && !Array.isArray(item) ? Object.keys(item) : [];
}

class JsonSource implements TableSource {
  readonly names: readonly string[] | null;
  readonly delimiter = null;
  readonly #path: string;
  readonly #known: ReadonlySet<string>;
  readonly #first: readonly unknown[];
  readonly #rest: AsyncGenerator<unknown[]>;
  /** Keys that no column was made for. */
  readonly #late = new Set<string>();

  constructor(
    path: string,
    names: string[] | null,
    first: readonly unknown[],
    rest: AsyncGenerator<unknown[]>,
  ) {
    this.#path = path;
    this.names = names;
    this.#known = new Set(names);
    this.#first = first;
    this.#rest = rest;
  }

  get remarks(): readonly string[] {
    if (this.#late.size === 0) return [];
    return [
      `Ignored, since the first ${formatCount(KEYED)} rows do not have them: ${someOf([...this.#late])}.`,
    ];
  }

  async *rows(): AsyncGenerator<TableRows> {
    let first = 1;
    try {
      yield { first, rows: this.#first.map((item, i) => this.#cellsOf(item, first + i)) };
      first += this.#first.length;
      for await (const items of this.#rest) {
        const rows = items.map((item, i) => this.#cellsOf(item, first + i));
        yield { first, rows };
        first += rows.length;
      }
    } finally {
      // Ends the file's stream if a reader stops early.
      await this.#rest.return(undefined);
    }
  }

  #cellsOf(item: unknown, row: number): readonly string[] {
    if (this.names === null) {
      if (Array.isArray(item)) return item.map(textOfValue);
      throw new FormatError(this.#path, `row ${formatCount(row)} is no list, while the first one is`);
    }
    if (typeof item !== "object" || item === null || Array.isArray(item)) {
      const text = brief(JSON.stringify(item) ?? "");
      throw new FormatError(this.#path, `row ${formatCount(row)} is no object: ${text}`);
    }
    const values = new Map<string, unknown>(Object.entries(item));
    for (const key of values.keys())
      if (!this.#known.has(key) && this.#late.size < KEYED) this.#late.add(key);
    return this.names.map((name) => textOfValue(values.get(name)));
  }
}
