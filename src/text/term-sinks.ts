/** From the terms of a text to columns: a vocabulary that grows, one that does not, and hashing. */
import { murmurHash3 } from "./murmur-hash.ts";
import type { TermSink } from "./ngrams.ts";
import type { RowCounts } from "./row-counts.ts";
import type { TermTable } from "./term-table.ts";
import { textOfUnits } from "./units.ts";

/** How many columns hashes have, and whether half of the terms count as −1. */
export interface HashingRule {
  readonly features: number;
  readonly alternateSign: boolean;
}

/** Counts all terms; new ones are added to the table. */
export function learningSink(table: TermTable, row: RowCounts): TermSink {
  return { take: (units, begin, end) => row.add(table.add(units, begin, end), 1) };
}

/** Counts terms that the table has. */
export function knownSink(table: TermTable, row: RowCounts): TermSink {
  return {
    take: (units, begin, end) => {
      const column = table.find(units, begin, end);
      if (column >= 0) row.add(column, 1);
    },
  };
}

/** Counts terms by their hashes: in column |hash| modulo the number of columns. */
export function hashingSink({ features, alternateSign }: HashingRule, row: RowCounts): TermSink {
  return {
    take: (units, begin, end) => {
      const hash = murmurHash3(units, begin, end);
      row.add(Math.abs(hash) % features, alternateSign && hash < 0 ? -1 : 1);
    },
  };
}

/** A term and where it is counted. */
export interface TextTerm {
  readonly term: string;
  readonly column: number;
  /** What the term counts in its column: 1, or −1 for half of the hashed terms. */
  readonly sign: number;
}

/**
 * Collects terms, each once.
 *
 * @param sink gives terms to `row`
 */
export function namingSink(sink: TermSink, row: RowCounts, found: TextTerm[]): TermSink {
  const seen = new Set<string>();
  return {
    take: (units, begin, end) => {
      const term = textOfUnits(units, begin, end);
      if (seen.has(term)) return;
      seen.add(term);
      row.next();
      sink.take(units, begin, end);
      const [column] = row.columns;
      if (row.size > 0) found.push({ term, column, sign: row.counts[column] });
    },
  };
}
