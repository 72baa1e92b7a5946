/** The records that the page shows: measured here or opened from files, in the order in which they came. */
import { useCallback, useMemo, useState } from "preact/hooks";
import type { BenchRecord } from "../record.ts";

/** Side by side, more could not be read. */
export const MAX_RECORDS = 8;

/** A record on the page. */
export interface RecordEntry {
  readonly id: number;
  readonly record: BenchRecord;
}

/** The records and what can be done with them. */
export interface Records {
  readonly entries: readonly RecordEntry[];
  /** Adds the record, or replaces the one with this id. */
  readonly put: (id: number, record: BenchRecord) => void;
  readonly remove: (id: number) => void;
}

let lastId = 0;

/** An id that no record of this page has. */
export function nextRecordId(): number {
  lastId += 1;
  return lastId;
}

/** Keeps records. */
export function useRecords(): Records {
  const [entries, setEntries] = useState<readonly RecordEntry[]>([]);
  const put = useCallback((id: number, record: BenchRecord) => {
    setEntries((before) =>
      before.some((entry) => entry.id === id)
        ? before.map((entry) => (entry.id === id ? { id, record } : entry))
        : [...before, { id, record }],
    );
  }, []);
  const remove = useCallback((id: number) => {
    setEntries((before) => before.filter((entry) => entry.id !== id));
  }, []);
  return useMemo(() => ({ entries, put, remove }), [entries, put, remove]);
}
