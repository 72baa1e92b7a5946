/** Showing signals that may change faster than a person reads. */
import { effect, untracked } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

/**
 * What `read` makes of signals, brought up to date at most every `interval` ms. Nothing else may change in `read`.
 *
 * @param urgent brought up to date at once when one of these is another
 */
export function useCalmly<Value>(
  read: () => Value,
  interval: number,
  urgent: readonly unknown[] = [],
): Value {
  const [value, setValue] = useState(() => untracked(read));
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
  return value;
}
