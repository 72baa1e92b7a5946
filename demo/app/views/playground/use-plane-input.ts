/** Pointer and keys on the plane: place, move and delete points. */
import { useRef } from "preact/hooks";
import { CLASSES, fromSheet, inside, nearest, type PlanePoint } from "./plane.ts";
import type { Playground } from "./playground.ts";
import { spokenPlace } from "./words.ts";

type PlanePointerEvent = PointerEvent & { readonly currentTarget: HTMLElement };

/** How near a press has to be to a point to take it, in CSS pixels: a finger covers more than a mouse. */
const GRIP = { mouse: 9, pen: 10, touch: 16 } as const;
/** How near the cursor of the keyboard has to be, and its steps, in the plane. */
const KEY_GRIP = 0.3;
const STEP = { small: 0.1, large: 0.5 };

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The handlers of the plane. */
export function usePlaneInput(playground: Playground) {
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

  /** Whether the key means something here. */
  function pressed({ key, shiftKey }: KeyboardEvent): boolean {
    const { cursor, points } = playground;
    const at = cursor.value ?? { x: 0, y: 0 };
    const arrow = ARROWS[key];
    if (arrow) {
      const step = shiftKey ? STEP.large : STEP.small;
      const moved = inside({ x: at.x + step * arrow[0], y: at.y + step * arrow[1] });
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

/** The place of an event in the plane, and how much of the plane a CSS pixel is. */
function placeOf({ clientX, clientY, currentTarget }: PlanePointerEvent) {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const place = fromSheet((clientX - left) / width, (clientY - top) / height);
  return { place, scale: (fromSheet(1, 0).x - fromSheet(0, 0).x) / width };
}
