/** Opens files as records, chosen or dropped anywhere on the page, and says what is wrong with those that are none. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { messageOf } from "../measure/text.ts";
import { readRecordFile } from "./read-record.ts";
import { MAX_RECORDS, nextRecordId, type Records } from "./use-records.ts";

/** What came of the last files. */
export interface OpenedFiles {
  readonly problems: readonly string[];
  readonly openFiles: (files: readonly File[]) => Promise<void>;
}

/** Puts what it opens among `records`. */
export function useOpenedFiles({ entries, put }: Records): OpenedFiles {
  const [problems, setProblems] = useState<readonly string[]>([]);
  const room = MAX_RECORDS - entries.length;

  const openFiles = useCallback(
    async (files: readonly File[]) => {
      const found: string[] = [];
      for (const file of files.slice(0, Math.max(0, room))) {
        try {
          put(nextRecordId(), await readRecordFile(file));
        } catch (error) {
          found.push(`${file.name}: ${messageOf(error)}`);
        }
      }
      if (files.length > room) found.push(`At most ${MAX_RECORDS} runs fit side by side; remove some first.`);
      setProblems(found);
    },
    [room, put],
  );

  useEffect(() => {
    const listening = new AbortController();
    const on = <E extends "dragover" | "drop">(type: E, handle: (event: DragEvent) => void) =>
      addEventListener(type, handle, { signal: listening.signal });
    // Without this the browser would leave the page for the file.
    on("dragover", (event) => event.preventDefault());
    on("drop", (event) => {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) void openFiles(files);
    });
    return () => listening.abort();
  }, [openFiles]);

  return { problems, openFiles };
}
