/** Aligns the results of several records: results of the same measurement share a row. */

/** A measurement with the result of each record. */
export interface AlignedRow<T> {
  readonly key: string;
  /** Entries of the records; undefined if a record has no such result. */
  readonly entries: readonly (T | undefined)[];
  /** The first entry that is defined. */
  readonly sample: T;
}

/**
 * Returns rows in the order in which their keys first appear. If a key comes several times in each record, the first
 * entries share a row, then the second ones.
 */
export function align<T>(records: readonly (readonly T[])[], keyOf: (entry: T) => string): AlignedRow<T>[] {
  const rows = new Map<string, { key: string; entries: (T | undefined)[]; sample: T }>();
  for (const [column, entries] of records.entries()) {
    const seen = new Map<string, number>();
    for (const entry of entries) {
      const name = keyOf(entry);
      const occurrence = seen.get(name) ?? 0;
      seen.set(name, occurrence + 1);
      const key = JSON.stringify([name, occurrence]);
      const row = rows.get(key) ?? { key, entries: records.map(() => undefined), sample: entry };
      row.entries[column] = entry;
      rows.set(key, row);
    }
  }
  return [...rows.values()];
}

/** Returns items in groups, both in the order in which they first appear. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [key: string, items: T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups];
}
