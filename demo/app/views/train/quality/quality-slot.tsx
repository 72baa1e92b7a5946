/** The place of the panels on the quality of a model, which are loaded when they are wanted and there is a model. */
import { useRef } from "preact/hooks";
import { useWanted } from "../../../../ui/use-wanted.ts";
import { LazyPart } from "../../../components/lazy-part.tsx";
import type { Session } from "../../../state/session.ts";
import type { Loadable } from "../../../use-view.ts";

const PARTS: Loadable = { load: async () => (await import("./quality-parts.tsx")).QualityParts };

/** Both panels; nothing before the first evaluation. */
export function QualitySlot({ session }: { readonly session: Session }) {
  const place = useRef<HTMLDivElement>(null);
  const isWanted = useWanted(place);
  // They stay once they were shown, with what was chosen in them.
  const isShown = useRef(false);
  isShown.current ||= isWanted && session.evaluator.latest.value !== null;
  if (!isShown.current) return <div ref={place} />;
  return <LazyPart part={PARTS} session={session} name="The code that judges the model" />;
}
