/**
 * What of a row is compared with training rows. Of pictures a mosaic, which tells how much ink lies where, and the
 * directions of outlines, which tell a digit from a scribble with as much ink. Of other rows their features in standard
 * deviations, except words.
 */
import { inBlocks } from "./arrays.ts";
import type { DemoDataset, ImageShape } from "./demo-dataset.ts";
import { outlines } from "./outlines.ts";
import { type RowTerms, termsOfRow } from "./row-terms.ts";

/** A view of rows as vectors of one length. */
export interface Look {
  readonly length: number;
  of(row: RowTerms): Float32Array;
}

/** Cells of a mosaic along each side, and pixels along a side when outlines are looked for, at most. */
const CELLS = 7;
const SIDE = 28;
/** Numbers of a look at most; more features are added up in so many sums, with random signs. */
const MOST = 256;
/** Rows that standard deviations are taken from. */
const SAMPLE = 2000;

/** Returns the looks of the rows of a data set; none if it has nothing but texts. */
export async function looksOf(dataset: DemoDataset, signal: AbortSignal): Promise<readonly Look[]> {
  const { image } = dataset;
  if (!image) return inDeviations(dataset, signal);
  const full = ({ indices, values }: RowTerms) => {
    const pixels = new Float32Array(image.width * image.height * image.channels);
    for (let i = 0; i < indices.length; i++) pixels[indices[i]] = values[i];
    return pixels;
  };
  const small = gridOf(image, SIDE);
  const [coarse, fine] = [mosaicOf(image, gridOf(image, CELLS)), mosaicOf(image, small)];
  const lines = (row: RowTerms) => outlines(grey(fine(full(row)), image.channels), small, CELLS);
  const none = { indices: new Uint32Array(0), values: new Float32Array(0) };
  return [
    { length: coarse(full(none)).length, of: (row) => coarse(full(row)) },
    { length: lines(none).length, of: lines },
  ];
}

interface Grid {
  readonly width: number;
  readonly height: number;
}

function gridOf({ width, height }: ImageShape, most: number): Grid {
  return { width: Math.min(most, width), height: Math.min(most, height) };
}

/** Returns a function that takes the mean of each channel in the cells of a grid, `[grid height, grid width, channels]`. */
function mosaicOf(
  { width, height, channels }: ImageShape,
  grid: Grid,
): (pixels: Float32Array) => Float32Array {
  if (grid.width === width && grid.height === height) return (pixels) => pixels;
  const cells = new Uint32Array(width * height * channels);
  const counts = new Uint32Array(grid.width * grid.height * channels);
  for (let at = 0; at < cells.length; at++) {
    const pixel = Math.floor(at / channels);
    const row = Math.floor((Math.floor(pixel / width) * grid.height) / height);
    const column = Math.floor(((pixel % width) * grid.width) / width);
    cells[at] = (row * grid.width + column) * channels + (at % channels);
    counts[cells[at]]++;
  }
  return (pixels) => {
    const means = new Float32Array(counts.length);
    for (let at = 0; at < cells.length; at++) means[cells[at]] += pixels[at] / counts[cells[at]];
    return means;
  };
}

function grey(values: Float32Array, channels: number): Float32Array {
  if (channels === 1) return values;
  const means = new Float32Array(values.length / channels);
  for (const [at, value] of values.entries()) means[Math.floor(at / channels)] += value / channels;
  return means;
}

/** Returns features in standard deviations from their mean. Constant ones and those of columns of text are left out. */
async function inDeviations(dataset: DemoDataset, signal: AbortSignal): Promise<readonly Look[]> {
  const { cols } = dataset.train.x;
  const { means, deviations } = await momentsOf(dataset, signal);
  const { encoder } = dataset;
  const isUsed = (j: number) =>
    deviations[j] > 0 && encoder?.columns[encoder.features[j].column].kind !== "text";
  // The place of each feature in the look, from 1; 0 for one that is left out.
  const places = new Uint32Array(cols);
  let used = 0;
  for (let j = 0; j < cols; j++) if (isUsed(j)) places[j] = ++used;
  if (used === 0) return [];
  const length = Math.min(MOST, used);
  const put = (look: Float32Array, j: number, value: number) => {
    const place = places[j] - 1;
    if (used <= MOST) look[place] += value / deviations[j];
    else look[hash(place) % length] += (hash(place) & 0x10000 ? 1 : -1) * (value / deviations[j]);
  };
  const origin = new Float32Array(length);
  for (let j = 0; j < cols; j++) if (places[j] > 0) put(origin, j, -means[j]);
  const of = ({ indices, values }: RowTerms) => {
    const look = origin.slice();
    for (const [i, j] of indices.entries()) if (places[j] > 0) put(look, j, values[i]);
    return look;
  };
  return [{ length, of }];
}

/** Returns mean and standard deviation of each feature, `[D]` each. */
async function momentsOf({ train: { x } }: DemoDataset, signal: AbortSignal) {
  const sums = new Float64Array(x.cols);
  const squares = new Float64Array(x.cols);
  const count = Math.min(SAMPLE, x.rows);
  const add = (n: number) => {
    const { indices, values } = termsOfRow(x, Math.floor((n * x.rows) / count));
    for (const [i, j] of indices.entries()) {
      sums[j] += values[i];
      squares[j] += values[i] ** 2;
    }
  };
  await inBlocks(count, signal, add, x.cols);
  const means = sums.map((sum) => sum / count);
  const variances = squares.map((square, j) => square / count - means[j] ** 2);
  // Rounding leaves a little of the variance of a constant.
  const deviations = variances.map((variance, j) =>
    variance > 1e-10 * squares[j] ? Math.sqrt(variance) : 0,
  );
  return { means, deviations };
}

function hash(place: number): number {
  return Math.imul(place + 1, 0x9e3779b1) >>> 8;
}
