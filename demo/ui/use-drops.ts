/** Files dropped on the page, and on areas of it that take files themselves. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;

/**
 * Calls `onDrop` with files dropped on the page, and keeps the browser from leaving the page for them. Used once on a
 * page. An area that takes a drop itself prevents its default, as that of `areaOfDrops` does.
 *
 * @returns whether files are held over the page, and not over such an area
 */
export function useDrops(onDrop: (dropped: DataTransfer) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  // A layout effect runs before the view can be seen, so no drop is lost.
  useLayoutEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const over = (event: DragEvent) => {
      setOver(!event.defaultPrevented && hasFiles(event));
      event.preventDefault();
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (event.dataTransfer && hasFiles(event)) latest.current(event.dataTransfer);
    };
    addEventListener("dragover", over, { signal });
    addEventListener("dragleave", leave, { signal });
    addEventListener("drop", drop, { signal });
    return () => listening.abort();
  }, []);
  return isOver;
}

/** Returns the listeners of an area that takes dropped files itself: the page does not get them. */
export function areaOfDrops(setOver: (isOver: boolean) => void, onDrop: (dropped: DataTransfer) => void) {
  return {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
      const isWithin =
        currentTarget instanceof Node &&
        relatedTarget instanceof Node &&
        currentTarget.contains(relatedTarget);
      if (!isWithin) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) onDrop(event.dataTransfer);
    },
  };
}
