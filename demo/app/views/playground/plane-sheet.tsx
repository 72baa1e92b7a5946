/** @jsxImportSource preact */
/** The plane to see and to place points on, by pointer or by keys, and what the model says of the place looked at. */
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { useOncePerFrame } from "../../components/use-once-a-frame.ts";
import { paintPlane } from "./paint-plane.ts";
import type { Playground } from "./playground.ts";
import { usePlaneInput } from "./use-plane-input.ts";

/** The plane. */
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
