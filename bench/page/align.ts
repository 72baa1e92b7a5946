/** Puts the results of several records side by side: what measured the same thing comes into the same row. */

/** One thing that was measured, with what each record has of it. */
export interface AlignedRow<T> {
  readonly key: string;
  /** As many as records; undefined where a record has no such result. */
  readonly entries: readonly (T | undefined)[];
  /** The first that is there. */
  readonly sample: T;
}

/**
 * Rows in the order in which their keys first appear. Where a key comes several times in one record, the first of
 * one record meets the first of the other, the second the second.
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

/** Things in groups, both in the order in which they first appear. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [key: string, items: T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups];
}
