/** Pointer events to strokes: every point the pointer went through, handed on once a frame. */
import { useEffect, useRef } from "preact/hooks";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import type { Drawing } from "./drawing.ts";
import type { Stroke } from "./raster.ts";

type CanvasPointerEvent = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

/** The handlers of the sheet. Only the pointer that began a stroke goes on with it: a resting palm draws nothing. */
export function useStrokes(drawing: Drawing, onEnd: () => void) {
  const pen = useRef<{ readonly id: number; readonly before: readonly Stroke[]; points: Point[] } | null>(
    null,
  );
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const show = () => {
    frame.current = 0;
    if (!pen.current) return;
    const { before, points } = pen.current;
    drawing.source.value = { kind: "strokes", strokes: [...before, [...points]] };
  };
  const showSoon = () => {
    frame.current ||= requestAnimationFrame(show);
  };
  return {
    onPointerDown(event: CanvasPointerEvent) {
      if (pen.current || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const source = drawing.source.value;
      const before = source.kind === "sample" ? [] : drawing.strokes.value;
      pen.current = { id: event.pointerId, before, points: [pointOf(event, event.currentTarget)] };
      showSoon();
    },
    onPointerMove(event: CanvasPointerEvent) {
      if (pen.current?.id !== event.pointerId) return;
      const coalesced = event.getCoalescedEvents?.() ?? [];
      const events = coalesced.length > 0 ? coalesced : [event];
      pen.current.points.push(...events.map((one) => pointOf(one, event.currentTarget)));
      showSoon();
    },
    onPointerUp: end,
    onPointerCancel: end,
  };

  function end(event: CanvasPointerEvent) {
    if (pen.current?.id !== event.pointerId) return;
    cancelAnimationFrame(frame.current);
    show();
    pen.current = null;
    onEnd();
  }
}

function pointOf({ clientX, clientY }: PointerEvent, canvas: HTMLCanvasElement): Point {
  const { left, top, width } = canvas.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / width };
}
