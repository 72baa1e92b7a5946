/** Keeps the address in step with the data set and the options, and opens links that are pasted into it. */
import { effect } from "@preact/signals";
import { viewOf } from "../view-names.ts";
import { asksForSomething, fragmentOf, readLink } from "./link.ts";
import type { Session } from "./session.ts";

/** Marks entries of the tab's history that were written here, whose options may be older than the ones in use. */
const OWN = { isOwn: true };
/** Browsers refuse many changes of the address in a short time; ms. */
const INTERVAL = 400;

/**
 * Follows until the page is left.
 *
 * @param isStill whether the address says `start=no`, which stays
 * @param reload opens the page anew, for a link that was pasted
 */
export function followLink(session: Session, isStill: boolean, reload: () => void): void {
  let timer = 0;
  const fragment = () =>
    fragmentOf(viewOf(location.hash), session.dataset.peek(), session.choices.peek(), isStill);
  const write = () => {
    timer = 0;
    const next = fragment();
    if (location.hash !== next && (location.hash !== "" || next !== "#train"))
      history.replaceState(OWN, "", next);
  };
  effect(() => {
    void [session.dataset.value, session.choices.value];
    if (timer === 0) timer = window.setTimeout(write, INTERVAL);
  });
  addEventListener("hashchange", () => {
    const isOwn = (history.state as Partial<typeof OWN> | null)?.isOwn === true;
    if (isOwn || !asksForSomething(readLink(location.hash)) || location.hash === fragment()) write();
    else reload();
  });
}
