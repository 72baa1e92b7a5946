/**
 * Histograms of the directions of outlines, as in N. Dalal and B. Triggs, "Histograms of Oriented Gradients for Human
 * Detection" (2005), with a single scale: what lines a picture has, and in which part.
 */

/** Number of directions of an outline. Opposite directions count as one. */
const DIRECTIONS = 4;
/** Least size of a gradient, as a share of the largest one of the picture; less may be noise. */
const LEAST = 0.1;

interface Grid {
  readonly width: number;
  readonly height: number;
}

/** Returns the histograms of `cells` × `cells` parts of a grey picture at unit length, `[cells, cells, directions]`. */
export function outlines(pixels: Float32Array, { width, height }: Grid, cells: number): Float32Array {
  const histograms = new Float32Array(cells * cells * DIRECTIONS);
  const { dx, dy, largest } = gradients(pixels, width, height);
  for (let row = 1; row < height - 1; row++) {
    const y = ((row + 0.5) * cells) / height - 0.5;
    for (let pixel = row * width + 1; pixel < (row + 1) * width - 1; pixel++) {
      const size = Math.sqrt(dx[pixel] * dx[pixel] + dy[pixel] * dy[pixel]);
      if (size <= LEAST * largest) continue;
      const direction = (Math.atan2(dy[pixel], dx[pixel]) / Math.PI + 1) * DIRECTIONS;
      const x = ((pixel - row * width + 0.5) * cells) / width - 0.5;
      add(histograms, { cells, y, x }, direction, size);
    }
  }
  return atUnitLength(histograms);
}

function gradients(pixels: Float32Array, width: number, height: number) {
  const [dx, dy] = [new Float32Array(pixels.length), new Float32Array(pixels.length)];
  let largest = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let pixel = row * width + 1; pixel < (row + 1) * width - 1; pixel++) {
      dx[pixel] = pixels[pixel + 1] - pixels[pixel - 1];
      dy[pixel] = pixels[pixel + width] - pixels[pixel - width];
      largest = Math.max(largest, dx[pixel] * dx[pixel] + dy[pixel] * dy[pixel]);
    }
  }
  return { dx, dy, largest: Math.sqrt(largest) };
}

/** A place among cells: 0 is the middle of the first. */
interface Place {
  /** Cells along each side. */
  readonly cells: number;
  readonly y: number;
  readonly x: number;
}

/** Shares a gradient among the four nearest cells and the two nearest directions. */
function add(histograms: Float32Array, { cells, y, x }: Place, direction: number, size: number): void {
  const top = Math.floor(y);
  const left = Math.floor(x);
  const first = Math.floor(direction);
  const between = direction - first;
  for (let row = Math.max(0, top); row <= Math.min(cells - 1, top + 1); row++) {
    for (let column = Math.max(0, left); column <= Math.min(cells - 1, left + 1); column++) {
      const weight = size * (1 - Math.abs(y - row)) * (1 - Math.abs(x - column));
      const at = (row * cells + column) * DIRECTIONS;
      histograms[at + (first % DIRECTIONS)] += weight * (1 - between);
      histograms[at + ((first + 1) % DIRECTIONS)] += weight * between;
    }
  }
}

function atUnitLength(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? values.map((value) => value / length) : values;
}
