/** Which view the address names, and its code, which is loaded when the view is first opened. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "./state/session.ts";
import { type ViewName, viewOf } from "./view-names.ts";

/** Returns the view that the address names. */
export function useView(): ViewName {
  const [view, setView] = useState(() => viewOf(location.hash));
  useEffect(() => {
    const follow = () => setView(viewOf(location.hash));
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
