/** What a vectorizer learns from texts: the terms that become columns, and their inverse document frequencies. */
import { allocate } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";
import { pause } from "../pause.ts";
import { createAnalyzer } from "./analyzer.ts";
import { CountedRows, countTexts, DocumentCounts, inSteps, type TextOptions } from "./counting.ts";
import type { ResolvedTextOptions } from "./options.ts";
import { RowCounts } from "./row-counts.ts";
import { RowWriter, type TextRows } from "./row-writer.ts";
import { selectTerms } from "./term-selection.ts";
import { hashingSink, knownSink, learningSink } from "./term-sinks.ts";
import { TermTable } from "./term-table.ts";
import type { TextsLike } from "./texts.ts";
import { inverseDocumentFrequency } from "./weighting.ts";

/** What was learnt, or needs no learning. */
export interface LearntTerms {
  /** Number of columns. */
  readonly features: number;
  /** The term of each column; null with hashing. */
  readonly vocabulary: TermTable | null;
  /** Inverse document frequencies `[features]`; null if they are not used. */
  readonly idf: Float64Array | null;
}

/** Terms, and the rows of the texts that they were learnt from, if those were asked for. */
interface Learnt {
  readonly terms: LearntTerms;
  readonly rows: TextRows | null;
}

/** Terms worked on between two looks at the clock. */
const PIECE = 2 ** 12;

/**
 * Learns from texts in one pass, and weighs their rows if `areRowsWanted`.
 *
 * @param fixed columns that are there already, with a given vocabulary or with hashing; null to learn a vocabulary
 * @throws DataError, ShapeError, LimitError, OptionError texts or limits that leave no term; the signal's reason
 */
export async function learnTerms(
  texts: TextsLike,
  options: ResolvedTextOptions,
  fixed: LearntTerms | null,
  areRowsWanted: boolean,
  call: TextOptions,
): Promise<Learnt> {
  const row = new RowCounts();
  const documents = new DocumentCounts();
  const counted = areRowsWanted ? new CountedRows() : null;
  const table = fixed ? null : new TermTable();
  await documents.reserve(fixed?.features ?? 0, call.signal);
  const sink = table ? learningSink(table, row) : sinkOf(fixed as LearntTerms, options, row);
  const makeRoom = () => (table ? roomFor(table, row, documents, call.signal) : undefined);
  const pass = { ...call, analyzer: createAnalyzer(options, sink), makeRoom };
  const count = await countTexts(texts, pass, function* () {
    yield* documents.add(row);
    if (counted) yield* counted.add(row);
    row.next();
  });
  const kept = table && (await chosen(table, documents, count, options, call.signal));
  const vocabulary = table && kept ? await renumbered(table, kept, call.signal) : (fixed?.vocabulary ?? null);
  const features = kept?.length ?? (fixed as LearntTerms).features;
  const idf = options.idf ? await idfOf(documents, kept, features, count, call.signal) : null;
  const terms: LearntTerms = { features, vocabulary, idf };
  if (!counted) return { terms, rows: null };
  const columnOf = table && kept ? await columnsOf(kept, table.size, call.signal) : (term: number) => term;
  return { terms, rows: await weighed(counted, columnOf, terms, options, call.signal) };
}

/** Returns the sink of texts whose columns are known. */
export function sinkOf({ vocabulary }: LearntTerms, { hashing }: ResolvedTextOptions, row: RowCounts) {
  return vocabulary ? knownSink(vocabulary, row) : hashingSink(hashing as NonNullable<typeof hashing>, row);
}

/** Makes room for the terms of some more texts, if there is little. */
function roomFor(
  table: TermTable,
  row: RowCounts,
  documents: DocumentCounts,
  signal: AbortSignal | undefined,
): Promise<void> | undefined {
  const needed = table.size + 1;
  if (!table.isCrowded && needed <= documents.documents.length && 2 * needed <= row.counts.length) return;
  return (async () => {
    if (table.isCrowded) await table.grow(signal);
    await row.reserve(4 * needed, signal);
    await documents.reserve(4 * needed, signal);
  })();
}

/** Returns the numbers of the terms to keep, sorted. */
function chosen(
  { pool }: TermTable,
  { documents, totals }: DocumentCounts,
  texts: number,
  options: ResolvedTextOptions,
  signal: AbortSignal | undefined,
): Promise<Uint32Array> {
  // With a binary frequency, a term counts once in each text.
  const counts = options.tf === "binary" ? documents : totals;
  return selectTerms({ pool, documents, totals: counts, texts }, options, signal);
}

/** Returns a table in which the kept terms have the numbers of their columns. */
async function renumbered(table: TermTable, kept: Uint32Array, signal?: AbortSignal): Promise<TermTable> {
  const vocabulary = new TermTable();
  for (let begin = 0; begin < kept.length; begin += PIECE) {
    while (vocabulary.isCrowded) await vocabulary.grow(signal);
    await pause(signal);
    for (const term of kept.subarray(begin, begin + PIECE))
      table.pool.read(term, (units, first, end) => vocabulary.add(units, first, end));
  }
  return vocabulary;
}

async function idfOf(
  { documents }: DocumentCounts,
  kept: Uint32Array | null,
  features: number,
  texts: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const idf = allocate(Float64Array, features, "texts");
  const fill = (begin: number, end: number) => {
    for (let column = begin; column < end; column++)
      idf[column] = inverseDocumentFrequency(documents[kept ? kept[column] : column], texts);
  };
  await inPieces(features, fill, PIECE, signal);
  return idf;
}

/** Returns a function from a term's number to its column, −1 if it has none. */
async function columnsOf(
  kept: Uint32Array,
  terms: number,
  signal: AbortSignal | undefined,
): Promise<(term: number) => number> {
  // One more than the column, so that 0 stands for none.
  const columns = allocate(Uint32Array, terms, "texts");
  const fill = (begin: number, end: number) => {
    for (let column = begin; column < end; column++) columns[kept[column]] = column + 1;
  };
  await inPieces(kept.length, fill, PIECE, signal);
  return (term) => columns[term] - 1;
}

async function weighed(
  counted: CountedRows,
  columnOf: (term: number) => number,
  { features, idf }: LearntTerms,
  options: ResolvedTextOptions,
  signal: AbortSignal | undefined,
): Promise<TextRows> {
  const row = new RowCounts();
  const writer = new RowWriter(features, options, idf);
  await inSteps(
    counted.recount(columnOf, row, () => writer.write(row)),
    signal,
  );
  return writer.finish(signal);
}
