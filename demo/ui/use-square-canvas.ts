/** A square canvas as wide as its place, at the resolution of the screen. */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useOncePerFrame } from "./signal-hooks.ts";

/**
 * Paints a canvas at most once per frame, after a change of its width or of a signal that `paint` reads.
 *
 * @param paint  `ratio` device pixels are one CSS pixel
 * @param inputs other values that `paint` reads; a change of one paints again
 * @returns the reference for the canvas
 */
export function useSquareCanvas(
  paint: (context: CanvasRenderingContext2D, ratio: number) => void,
  inputs: readonly unknown[],
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** In CSS pixels. */
  const width = useSignal(0);
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
    paint(context, side / width.value);
  }, inputs);
  return canvas;
}
