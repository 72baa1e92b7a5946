/** Which view the address names, and its code, which is loaded when the view is first opened. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { viewIn } from "./state/link.ts";
import type { Session } from "./state/session.ts";

/** Returns the view that the fragment of the address names before its options; the first view if it names none. */
export function useView<Name extends string>(names: readonly Name[]): Name {
  const read = () => names.find((name) => viewIn(location.hash) === name) ?? names[0];
  const [view, setView] = useState(read);
  useEffect(() => {
    const follow = () => setView(read);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return view;
}

type View = ComponentType<{ readonly session: Session }>;

/** A view, or the import that loads it. */
export type Loadable = { readonly View: View } | { readonly load: () => Promise<View> };

const loaded = new Map<Loadable, View>();

/** Returns the view; null while it loads, `"failed"` if it did not load. */
export function useLoadedView(loadable: Loadable): View | null | "failed" {
  const known = "View" in loadable ? loadable.View : loaded.get(loadable);
  const [failed, setFailed] = useState<Loadable | null>(null);
  const [, setArrived] = useState<Loadable | null>(null);
  useEffect(() => {
    if (known || !("load" in loadable)) return;
    loadable.load().then(
      (view) => {
        loaded.set(loadable, view);
        setArrived(loadable);
      },
      () => setFailed(loadable),
    );
  }, [loadable]);
  return known ?? (failed === loadable ? "failed" : null);
}
