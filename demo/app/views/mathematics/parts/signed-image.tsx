/** @jsxImportSource preact */
/** Numbers of both signs, one for each feature, as a picture: blue above 0, orange below, the ground at 0. */
import { useEffect, useRef } from "preact/hooks";
import { divergingImage } from "../../../components/pixels.ts";
import { themeColour } from "../../../components/theme.ts";
import type { ImageShape } from "../../../data/demo-dataset.ts";

interface SignedImageProps {
  /** `[D]`; the channels of a pixel are added up. */
  readonly values: Float64Array;
  /** |value| of the fullest colour. */
  readonly full: number;
  readonly shape: ImageShape;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** The picture. */
export function SignedImage({ values, full, shape, label }: SignedImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ground = themeColour("--surface");
  const { width, height, channels } = shape;
  useEffect(() => {
    const image = divergingImage(ofPixels(values, channels), width, channels * full);
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
  }, [values, full, width, channels, ground]);
  return (
    <canvas class="signed-image" ref={canvas} width={width} height={height} role="img" aria-label={label} />
  );
}

function ofPixels(values: Float64Array, channels: number): Float64Array {
  if (channels === 1) return values;
  const sums = new Float64Array(values.length / channels);
  for (let j = 0; j < values.length; j++) sums[Math.floor(j / channels)] += values[j];
  return sums;
}
