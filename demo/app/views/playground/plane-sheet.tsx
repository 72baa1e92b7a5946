/** The plane: shows points and regions, and takes pointer and keys to place, move and delete points. */
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { ARROWS } from "../../../ui/arrows.ts";
import { formatShare } from "../../../ui/format.ts";
import { Marker } from "../../../ui/markers.tsx";
import { useOncePerFrame } from "../../../ui/signal-hooks.ts";
import { paintPlane } from "./paint-plane.ts";
import { CLASSES, fromSheet, inside, nearest, type PlanePoint } from "./plane.ts";
import type { Playground } from "./playground.ts";
import { coordinates, likelyAt, spokenPlace } from "./words.ts";

export function PlaneSheet({ playground }: { readonly playground: Playground }) {
  const keysId = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Width in CSS pixels. */
  const width = useSignal(0);
  const input = usePlaneInput(playground);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      width.value = contentRect.width;
    });
    if (canvas.current) observer.observe(canvas.current);
    return () => observer.disconnect();
  }, []);
  useOncePerFrame(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || width.value === 0) return;
    const side = Math.round(width.value * devicePixelRatio);
    if (context.canvas.width !== side) {
      context.canvas.width = side;
      context.canvas.height = side;
    }
    const cursor = playground.cursor.value;
    const picture = {
      points: playground.points.value,
      trained: playground.training.trained.value,
      cursor: cursor?.by === "keys" ? cursor : null,
    };
    paintPlane(context, picture, side / width.value);
  }, [playground]);
  return (
    <>
      <div
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

type PlanePointerEvent = PointerEvent & { readonly currentTarget: HTMLElement };

/** Largest distance of a press from the point that it takes, CSS pixels: a finger covers more than a mouse. */
const GRIP = { mouse: 9, pen: 10, touch: 16 } as const;
/** Largest distance of the keyboard's cursor from a point that it deletes, and its steps, in the plane. */
const KEY_GRIP = 0.3;
const STEP = { small: 0.1, large: 0.5 };

function usePlaneInput(playground: Playground) {
  const held = useRef<{ readonly pointer: number; readonly point: PlanePoint } | null>(null);

  return {
    onPointerDown(event: PlanePointerEvent) {
      if (held.current || event.button !== 0) return;
      const { place, scale } = placeOf(event);
      const grip = GRIP[event.pointerType as keyof typeof GRIP] ?? GRIP.mouse;
      const index = nearest(playground.points.value, place, grip * scale);
      if (playground.tool.value === "delete") {
        if (index >= 0) playground.delete(index);
        return;
      }
      const point = index >= 0 ? playground.points.value[index] : playground.place(place);
      if (!point) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current = { pointer: event.pointerId, point };
    },
    onPointerMove(event: PlanePointerEvent) {
      const { place } = placeOf(event);
      playground.cursor.value = { ...place, by: "pointer" };
      if (held.current?.pointer !== event.pointerId) return;
      const point = playground.move(held.current.point, place);
      held.current = point && { pointer: event.pointerId, point };
    },
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave() {
      if (playground.cursor.value?.by === "pointer") playground.cursor.value = null;
    },
    onKeyDown(event: KeyboardEvent) {
      if (!event.ctrlKey && !event.altKey && !event.metaKey && pressed(event)) event.preventDefault();
    },
    onBlur() {
      playground.cursor.value = null;
    },
  };

  function release(event: PlanePointerEvent) {
    if (held.current?.pointer === event.pointerId) held.current = null;
  }

  /** Acts on a key; returns whether it has a meaning here. */
  function pressed({ key, shiftKey }: KeyboardEvent): boolean {
    const { cursor, points } = playground;
    const at = cursor.value ?? { x: 0, y: 0 };
    const arrow = ARROWS[key];
    if (arrow) {
      const step = shiftKey ? STEP.large : STEP.small;
      const moved = inside({ x: at.x + step * arrow[0], y: at.y - step * arrow[1] });
      cursor.value = { ...moved, by: "keys" };
      playground.spoken.value = spokenPlace(moved, playground.training.trained.value);
      return true;
    }
    if (key === "Enter" || key === " ") {
      cursor.value = { ...at, by: "keys" };
      playground.place(at);
      return true;
    }
    if (key === "Delete" || key === "Backspace") {
      const index = nearest(points.value, at, KEY_GRIP);
      if (index >= 0) playground.delete(index);
      else playground.spoken.value = "No point here.";
      return true;
    }
    const k = key.length === 1 ? "12345678".indexOf(key) : -1;
    if (k < 0) return false;
    playground.chosen.value = k;
    playground.tool.value = "place";
    playground.spoken.value = `Class ${CLASSES[k]}.`;
    return true;
  }
}

/** Returns the place of an event in the plane, and the size of a CSS pixel there. */
function placeOf({ clientX, clientY, currentTarget }: PlanePointerEvent) {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const place = fromSheet((clientX - left) / width, (clientY - top) / height);
  return { place, scale: (fromSheet(1, 0).x - fromSheet(0, 0).x) / width };
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
        Press to place a point, drag to move one. Keys: arrows, Enter, Delete, 1 to 8.
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
