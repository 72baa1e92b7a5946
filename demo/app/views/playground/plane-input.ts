/**
 * Pointer and keys on the plane: they place, move and delete points.
 *
 * A mouse acts when it is pressed. A finger may be about to scroll the page, which the browser decides after the press
 * (`touch-action: pan-y`): so it acts when it is lifted, if it stayed where it was. A finger on a point is no scroll; it
 * takes the point, and the browser is told so before it decides.
 */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { ARROWS } from "../../../ui/arrows.ts";
import { CLASSES, fromSheet, inside, nearest, type PlanePoint } from "./plane.ts";
import type { Playground } from "./playground.ts";
import { spokenPlace } from "./words.ts";

type PlanePointerEvent = PointerEvent & { readonly currentTarget: HTMLElement };

/** Largest distance of a press from the point that it takes, CSS pixels: a finger covers more than a mouse. */
const GRIP = { mouse: 9, pen: 10, touch: 16 } as const;
/** Largest way of a finger that still taps, CSS pixels. */
const TAP = 10;
/** Largest distance of the keyboard's cursor from a point that it deletes, and its steps, in the plane. */
const KEY_GRIP = 0.3;
const STEP = { small: 0.1, large: 0.5 };

/** A pointer that holds a point. */
interface Hold {
  readonly pointer: number;
  readonly point: PlanePoint;
}

/** A finger or pen that may become a tap. */
interface Touch {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
}

/** Returns the handlers of the plane's element. */
export function usePlaneInput(playground: Playground, plane: RefObject<HTMLElement | null>) {
  const held = useRef<Hold | null>(null);
  const touch = useRef<Touch | null>(null);
  useEffect(() => {
    // After pointerdown. Not as a property of the element, whose listeners browsers may take to be passive.
    const keep = (event: TouchEvent) => held.current && event.cancelable && event.preventDefault();
    plane.current?.addEventListener("touchstart", keep, { passive: false });
    return () => plane.current?.removeEventListener("touchstart", keep);
  }, []);

  return {
    onPointerDown(event: PlanePointerEvent) {
      if (held.current || event.button !== 0) return;
      const isMouse = event.pointerType === "mouse";
      const index = indexAt(event, playground);
      const isTaken = index >= 0 && playground.tool.value === "place";
      if (isTaken) take(event, playground.points.value[index]);
      else if (isMouse) take(event, act(event, playground));
      else touch.current = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
    },
    onPointerMove(event: PlanePointerEvent) {
      const isHolding = held.current?.pointer === event.pointerId;
      if (event.pointerType !== "mouse" && event.buttons > 0 && !isHolding) return;
      const { place } = placeOf(event);
      playground.cursor.value = { ...place, by: "pointer" };
      if (!held.current || !isHolding) return;
      const point = playground.move(held.current.point, place);
      held.current = point && { pointer: event.pointerId, point };
    },
    onPointerUp(event: PlanePointerEvent) {
      const start = touch.current;
      const isTap =
        start?.pointer === event.pointerId &&
        Math.hypot(event.clientX - start.x, event.clientY - start.y) <= TAP;
      if (isTap) {
        act(event, playground);
        playground.cursor.value = { ...placeOf(event).place, by: "pointer" };
      }
      release(event);
    },
    onPointerCancel: release,
    onPointerLeave({ pointerType }: PlanePointerEvent) {
      // A finger leaves when it is lifted; the prediction where it was can be read then.
      if (pointerType !== "touch" && playground.cursor.value?.by === "pointer")
        playground.cursor.value = null;
    },
    onKeyDown(event: KeyboardEvent) {
      const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
      if (isPlain && pressed(event, playground)) event.preventDefault();
    },
    onBlur() {
      playground.cursor.value = null;
    },
  };

  function take(event: PlanePointerEvent, point: PlanePoint | null) {
    if (!point) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { pointer: event.pointerId, point };
  }

  function release({ pointerId }: PlanePointerEvent) {
    if (held.current?.pointer === pointerId) held.current = null;
    if (touch.current?.pointer === pointerId) touch.current = null;
  }
}

/** Deletes the point at the event or places one, as the tool says. @returns the new point */
function act(event: PlanePointerEvent, playground: Playground): PlanePoint | null {
  if (playground.tool.value === "place") return playground.place(placeOf(event).place);
  const index = indexAt(event, playground);
  if (index >= 0) playground.delete(index);
  return null;
}

/** Returns the index of the point that a press takes; −1 for none. */
function indexAt(event: PlanePointerEvent, playground: Playground): number {
  const { place, scale } = placeOf(event);
  const grip = GRIP[event.pointerType as keyof typeof GRIP] ?? GRIP.mouse;
  return nearest(playground.points.value, place, grip * scale);
}

/** Returns the place of an event in the plane, and the size of a CSS pixel there. */
function placeOf({ clientX, clientY, currentTarget }: PlanePointerEvent) {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const place = fromSheet((clientX - left) / width, (clientY - top) / height);
  return { place, scale: (fromSheet(1, 0).x - fromSheet(0, 0).x) / width };
}

/** Acts on a key; returns whether it has a meaning here. */
function pressed({ key, shiftKey }: KeyboardEvent, playground: Playground): boolean {
  const at: Point = playground.cursor.value ?? { x: 0, y: 0 };
  const arrow = ARROWS[key];
  if (arrow) {
    const step = shiftKey ? STEP.large : STEP.small;
    const moved = inside({ x: at.x + step * arrow[0], y: at.y - step * arrow[1] });
    playground.cursor.value = { ...moved, by: "keys" };
    playground.spoken.value = spokenPlace(moved, playground.training.trained.value);
    return true;
  }
  if (key === "Enter" || key === " ") {
    playground.cursor.value = { ...at, by: "keys" };
    playground.place(at);
    return true;
  }
  if (key === "Delete" || key === "Backspace") {
    const index = nearest(playground.points.value, at, KEY_GRIP);
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
