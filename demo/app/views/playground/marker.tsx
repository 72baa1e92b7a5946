/** @jsxImportSource preact */
/** The shape and colour of a class, beside its name. */
import { MARKERS } from "./markers.ts";

/** An ornament: the name of the class is to stand beside it. */
export function Marker({ k }: { readonly k: number }) {
  return (
    <svg class={`marker marker-${k + 1}`} viewBox="-1.3 -1.3 2.6 2.6" aria-hidden="true">
      <path d={MARKERS[k]} />
    </svg>
  );
}
