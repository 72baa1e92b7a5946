/** A part of a view whose code is loaded when it is shown, so that the first load of the page goes without it. */
import type { Session } from "../state/session.ts";
import { type Loadable, useLoadedView } from "../use-view.ts";

interface LazyPartProps {
  readonly part: Loadable;
  readonly session: Session;
  /** Name of the part for the sentence that says it did not load, for example `"The form"`. */
  readonly name: string;
}

export function LazyPart({ part, session, name }: LazyPartProps) {
  const Part = useLoadedView(part);
  if (Part === null) return <p class="hint">Loading …</p>;
  if (Part !== "failed") return <Part session={session} />;
  return <p role="alert">{name} did not load. Reload the page once the connection is back.</p>;
}
