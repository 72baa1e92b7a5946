/** @jsxImportSource preact */
/** What the model says of the place under the pointer or the cursor. */
import { percent } from "../../components/percent.ts";
import { Marker } from "./marker.tsx";
import { CLASSES } from "./plane.ts";
import type { Playground } from "./playground.ts";
import { coordinates, likelyAt } from "./words.ts";

/** Classes that are named. */
const NAMED = 3;

/** One line; before anything is pointed at, how to use the plane. */
export function PlaceWords({ playground }: { readonly playground: Playground }) {
  const cursor = playground.cursor.value;
  const trained = playground.training.trained.value;
  if (!cursor || !trained) {
    return (
      <p class="place">Press to place a point, drag to move one. Keys: arrows, Enter, Delete, 1 to 8.</p>
    );
  }
  return (
    <p class="place">
      At {coordinates(cursor)}
      {likelyAt(cursor, trained)
        .slice(0, NAMED)
        .map(({ k, p }) => (
          <span key={k}>
            <Marker k={k} /> {CLASSES[k]} {percent(p)}
          </span>
        ))}
    </p>
  );
}
