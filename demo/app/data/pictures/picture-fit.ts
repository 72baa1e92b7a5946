/** How a picture of any size comes to the size of the rows: cropped, fitted with a border, or stretched. Geometry only. */

/**
 * - `"crop"`: the largest part in the middle with the shape of the rows; what sticks out is cut off.
 * - `"fit"`: the whole picture in the middle; the border has the mean colour of the picture's own edge.
 * - `"stretch"`: the whole picture, whose width and height are scaled apart.
 */
export type PictureFit = "crop" | "fit" | "stretch";

/** A rectangle, in pixels from the upper left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which part of a picture goes to which pixels of its row. */
interface Placement {
  readonly source: Box;
  /** In whole pixels. */
  readonly target: Box;
}

type Size = Pick<Box, "width" | "height">;

/** Returns where a picture of this size is taken from and put to. */
export function placementOf(picture: Size, shape: Size, fit: PictureFit): Placement {
  const { width, height } = shape;
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const all = { x: 0, y: 0, width, height };
  const scales = [width / picture.width, height / picture.height];
  if (fit === "crop") {
    const scale = Math.max(...scales);
    return { source: centred(whole, { width: width / scale, height: height / scale }), target: all };
  }
  if (fit === "stretch") return { source: whole, target: all };
  const scale = Math.min(...scales);
  const { x, y, ...size } = centred(all, {
    width: Math.max(1, Math.round(scale * picture.width)),
    height: Math.max(1, Math.round(scale * picture.height)),
  });
  return { source: whole, target: { x: Math.floor(x), y: Math.floor(y), ...size } };
}

function centred({ width, height }: Size, inner: Size): Box {
  return { x: (width - inner.width) / 2, y: (height - inner.height) / 2, ...inner };
}
