/** From the terms of a text to columns: a vocabulary that grows, one that does not, and hashing. */
import { murmurHash3 } from "./murmur-hash.ts";
import type { TermSink } from "./ngrams.ts";
import type { RowCounts } from "./row-counts.ts";
import type { TermTable } from "./term-table.ts";

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

/** Counts terms by their hashes. */
export function hashingSink(rule: HashingRule, row: RowCounts): TermSink {
  return {
    take: (units, begin, end) => {
      const hash = murmurHash3(units, begin, end);
      row.add(hashedColumn(hash, rule.features), rule.alternateSign && hash < 0 ? -1 : 1);
    },
  };
}

/** Returns the column of a hash: |hash| modulo the number of columns. */
export function hashedColumn(hash: number, features: number): number {
  return Math.abs(hash) % features;
}
