/** The canvas that is drawn on with mouse, finger or pen. */
import { useEffect, useRef } from "preact/hooks";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { useOncePerFrame } from "../../../ui/signal-hooks.ts";
import { cssColour, themeColour } from "../../../ui/theme.ts";
import type { Drawing } from "./drawing.ts";
import { colourImage, evidenceImage } from "./evidence.ts";
import { penOf, type Stroke } from "./raster.ts";

/** Width of the canvas, pixels: sharp on phones too. */
const WIDTH = 640;

interface DrawCanvasProps {
  readonly drawing: Drawing;
  /** Called when the pen is lifted. */
  readonly onEnd: () => void;
  /** Text alternative. */
  readonly label?: string;
}

/** The canvas with the strokes or the sample. */
export function DrawCanvas({
  drawing,
  onEnd,
  label = "The drawing. The pad of cells below draws with the keyboard.",
}: DrawCanvasProps) {
  const { image } = drawing;
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointer = useStrokes(drawing, onEnd);
  // Strokes have one colour.
  const isDrawn = image.channels === 1;
  const height = Math.round((WIDTH * image.height) / image.width);
  useOncePerFrame(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const [ground, ink] = [themeColour("--sunken"), themeColour("--text")];
    context.fillStyle = cssColour(ground);
    context.fillRect(0, 0, WIDTH, height);
    const picture = drawing.picture.value;
    const { kind } = drawing.source.value;
    if (picture && (kind === "sample" || kind === "picture")) {
      const pixels =
        image.channels === 1
          ? evidenceImage(picture.ink, null, 0, { ground, ink, plus: ink, minus: ink })
          : colourImage(picture.x);
      paintScaled(context, new ImageData(pixels, image.width, image.height), WIDTH, height);
      return;
    }
    context.strokeStyle = cssColour(ink);
    context.lineWidth = (2 * penOf(image) * WIDTH) / image.width;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const [start, ...rest] of drawing.strokes.value) {
      context.beginPath();
      context.moveTo(WIDTH * start.x, WIDTH * start.y);
      // With round caps, a line of length 0 is a dot.
      for (const { x, y } of rest.length > 0 ? rest : [start]) context.lineTo(WIDTH * x, WIDTH * y);
      context.stroke();
    }
  }, [drawing]);
  return (
    <div class="sheet">
      <canvas
        ref={canvas}
        width={WIDTH}
        height={height}
        role="img"
        aria-label={isDrawn ? label : "The picture"}
        class={isDrawn ? "drawable" : undefined}
        {...(isDrawn && pointer)}
      />
      {drawing.picture.value === null && <p aria-hidden="true">{isDrawn ? "Draw here" : "No picture yet"}</p>}
    </div>
  );
}

function paintScaled(context: CanvasRenderingContext2D, pixels: ImageData, width: number, height: number) {
  const small = document.createElement("canvas");
  small.width = pixels.width;
  small.height = pixels.height;
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, height);
}

type CanvasPointerEvent = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

/**
 * Returns the handlers of the canvas. Only the pointer that began a stroke continues it: a resting palm draws nothing.
 */
function useStrokes(drawing: Drawing, onEnd: () => void) {
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
      const before = source.kind === "sample" || source.kind === "picture" ? [] : drawing.strokes.value;
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
