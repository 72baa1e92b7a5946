/** The run that begins by itself when the page is opened, slowed down so that it can be watched. */
import { viewOf } from "../view-names.ts";
import type { Session } from "./session.ts";

/** Time of the run if it is watched, seconds. */
const SECONDS = 6;

/**
 * Starts training, unless the address has `start=no` or there is a kept session. At full speed for visitors who prefer
 * reduced motion, and for views that show no training.
 */
export function startByItself(session: Session): void {
  if (!session.kept.mayStart) return;
  const isWatched =
    viewOf(location.hash) === "train" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  void session.run.start(isWatched ? SECONDS : 0);
}
