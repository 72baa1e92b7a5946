/** Files dropped anywhere on the page. */
import { useEffect, useRef, useState } from "preact/hooks";
import { droppedFiles } from "../../../data/dropped-files.ts";
import type { NamedFile } from "../../../data/open-context.ts";

/** Calls `onFiles` with what is dropped. Returns whether files are over the page now. */
export function useDrops(onFiles: (files: Promise<readonly NamedFile[]>) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (hasFiles(event)) setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (event.dataTransfer && hasFiles(event)) latest.current(droppedFiles(event.dataTransfer));
    };
    addEventListener("dragover", over, { signal });
    addEventListener("dragleave", leave, { signal });
    addEventListener("drop", drop, { signal });
    return () => listening.abort();
  }, []);
  return isOver;
}
