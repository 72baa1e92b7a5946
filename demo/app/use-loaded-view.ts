/** A view's code, asked for when the view is first opened: the first load carries only what the first view needs. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "./state/session.ts";

/** A view. */
export type View = ComponentType<{ readonly session: Session }>;

/** How a view comes: at once, or loaded. */
export type Loadable = { readonly View: View } | { readonly load: () => Promise<View> };

const loaded = new Map<Loadable, View>();

/** The view once it is there; `"failed"` where its code could not be fetched. */
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
