/** The plane: shows points and regions, and the prediction under the cursor. */
import { useId, useRef } from "preact/hooks";
import { formatShare } from "../../../ui/format.ts";
import { Marker } from "../../../ui/markers.tsx";
import { useSquareCanvas } from "../../../ui/use-square-canvas.ts";
import { paintPlane } from "./paint-plane.ts";
import { CLASSES } from "./plane.ts";
import { usePlaneInput } from "./plane-input.ts";
import type { Playground } from "./playground.ts";
import { coordinates, likelyAt } from "./words.ts";

export function PlaneSheet({ playground }: { readonly playground: Playground }) {
  const keysId = useId();
  const plane = useRef<HTMLDivElement>(null);
  const input = usePlaneInput(playground, plane);
  const canvas = useSquareCanvas(
    (context, ratio) => {
      const cursor = playground.cursor.value;
      const picture = {
        points: playground.points.value,
        trained: playground.training.trained.value,
        cursor: cursor?.by === "keys" ? cursor : null,
      };
      paintPlane(context, picture, ratio);
    },
    [playground],
  );
  return (
    <>
      <div
        ref={plane}
        class="plane"
        role="application"
        aria-label="The plane"
        aria-describedby={keysId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys that its description names
        tabIndex={0}
        {...input}
      >
        <canvas ref={canvas} />
      </div>
      <p class="unseen" id={keysId}>
        Arrow keys move a cursor, with Shift farther. Enter places a point of the chosen class, Delete takes
        the nearest one away, 1 to 8 choose the class.
      </p>
      <p class="unseen" role="status">
        {playground.spoken}
      </p>
    </>
  );
}

/** Classes that are named at most. */
const NAMED = 3;

/** The prediction under the cursor; without one, how to use the plane. */
export function PlaceWords({ playground }: { readonly playground: Playground }) {
  const cursor = playground.cursor.value;
  const trained = playground.training.trained.value;
  if (!cursor || !trained) {
    return (
      <p class="place hint flow">
        Press to place a point, drag one to move it. Keys: arrows, Enter, Delete, 1 to 8.
      </p>
    );
  }
  return (
    <p class="place hint flow">
      At {coordinates(cursor)}
      {likelyAt(cursor, trained)
        .slice(0, NAMED)
        .map(({ k, p }) => (
          <span key={k}>
            <Marker k={k} /> {CLASSES[k]} {formatShare(p)}
          </span>
        ))}
    </p>
  );
}
