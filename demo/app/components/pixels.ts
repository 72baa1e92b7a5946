/** Numbers as pixels: shades between two colours, and a diverging scale around zero. */
import { type Rgb, themeColour } from "./theme.ts";

/** Paints one pixel with the colour at `share`, 0 to 1, of the way between two. */
export function paintBetween({ data }: ImageData, pixel: number, from: Rgb, to: Rgb, share: number): void {
  for (let c = 0; c < 3; c++) data[4 * pixel + c] = from[c] + share * (to[c] - from[c]);
  data[4 * pixel + 3] = 255;
}

/**
 * Values as blue above 0 and orange below, the stronger the farther, up to `most` on either side. The two are told apart
 * whatever colours a person sees.
 *
 * @param values one for each pixel, row after row
 */
export function divergingImage(values: ArrayLike<number>, width: number, most: number): ImageData {
  const image = new ImageData(width, values.length / width);
  const [none, plus, minus] = [
    themeColour("--surface"),
    themeColour("--series-1"),
    themeColour("--series-2"),
  ];
  for (let pixel = 0; pixel < values.length; pixel++) {
    const share = most > 0 ? values[pixel] / most : 0;
    paintBetween(image, pixel, none, share > 0 ? plus : minus, Math.min(1, Math.abs(share)));
  }
  return image;
}
