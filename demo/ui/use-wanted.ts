/**
 * Tells when a part of the page below the first screen is wanted: once it is on the screen, or from the first key,
 * click or touch on. Until then its code is not loaded.
 */
import { type Signal, signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

const INPUTS = ["pointerdown", "keydown", "wheel", "touchstart", "click", "dragenter"] as const;

/** Whether the page has had any input. */
const isInUse: Signal<boolean> = signal(false);

if (typeof window !== "undefined") {
  const listening = new AbortController();
  const begin = () => {
    listening.abort();
    isInUse.value = true;
  };
  for (const type of INPUTS)
    addEventListener(type, begin, { capture: true, passive: true, signal: listening.signal });
}

/** Returns whether the part at `place` is wanted; once it is, it stays so. */
export function useWanted(place: RefObject<Element | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  const isWanted = isSeen || isInUse.value;
  useEffect(() => {
    if (isWanted || !place.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isWanted]);
  return isWanted;
}
