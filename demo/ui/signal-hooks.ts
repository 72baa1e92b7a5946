/** Hooks that follow signals at a limited rate: for text that people read, and for canvases. */
import { effect, untracked } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Returns the result of `read`, updated at most every `interval` ms. `read` may depend on signals only.
 *
 * @param urgent values whose change updates the result at once
 */
export function useThrottled<Value>(
  read: () => Value,
  interval: number,
  urgent: readonly unknown[] = [],
): Value {
  const [value, setValue] = useState(() => untracked(read));
  const shownFor = useRef(urgent);
  const isUrgent = urgent.some((one, i) => one !== shownFor.current[i]);
  useEffect(() => {
    let timer = 0;
    let last = -Infinity;
    const show = () => {
      timer = 0;
      last = performance.now();
      setValue(() => untracked(read));
    };
    const stop = effect(() => {
      read();
      timer ||= window.setTimeout(show, last + interval - performance.now());
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [interval, ...urgent]);
  shownFor.current = urgent;
  return isUrgent ? untracked(read) : value;
}

/**
 * Calls `paint` at most once per frame after a signal that it reads has changed. `paint` sets no signal.
 *
 * @param inputs other values that `paint` reads; a change of one paints again
 */
export function useOncePerFrame(paint: () => void, inputs: readonly unknown[]): void {
  useEffect(() => {
    let frame = 0;
    let stop = () => {};
    const run = () => {
      stop();
      let isFirst = true;
      stop = effect(() => {
        if (isFirst) {
          isFirst = false;
          paint();
        } else {
          frame = requestAnimationFrame(run);
        }
      });
    };
    run();
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, inputs);
}

/** Returns a value a task later than it comes, so that what is costly to show does not hold up the rest. */
export function useLater<Value>(value: Value): Value {
  const [later, setLater] = useState(() => value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(() => value));
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
