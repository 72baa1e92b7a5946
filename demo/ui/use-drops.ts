/** Files dropped anywhere on the page. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Drops whose default a listener of the page has prevented; other listeners may take them as well. */
const handled = new WeakSet<Event>();

/**
 * Calls `onDrop` with dropped files, and keeps the browser from leaving the page for them. A part of the page that
 * takes a drop itself prevents its default.
 *
 * @returns whether files are held over the page
 */
export function useDrops(onDrop?: (dropped: DataTransfer) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  // A layout effect runs before the view can be seen, so no drop is lost.
  useLayoutEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      event.preventDefault();
      if (latest.current && hasFiles(event)) setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (event.defaultPrevented && !handled.has(event)) return;
      event.preventDefault();
      handled.add(event);
      if (event.dataTransfer && hasFiles(event)) latest.current?.(event.dataTransfer);
    };
    addEventListener("dragover", over, { signal });
    addEventListener("dragleave", leave, { signal });
    addEventListener("drop", drop, { signal });
    return () => listening.abort();
  }, []);
  return isOver;
}
