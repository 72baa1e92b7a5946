/** NPY files: x of rows, [N, D] or [N, height, width] with channels or without, and y of labels, [N]. */
import { DataError, FormatError, type Label, type Matrix, ShapeError } from "../../../src/index.ts";
import type { DemoDataset, ImageShape } from "./demo-dataset.ts";
import { checkFinite, isColumn, type NpyContent, readNpyFile } from "./npy-file.ts";
import { type NamedFile, nameOf, type OpenContext } from "./open-context.ts";
import { datasetOf, PIXEL_SCALE, toPixels } from "./open-dataset.ts";

interface Named extends NpyContent {
  readonly path: string;
  readonly name: string;
}

/**
 * Opens the two files, in either order.
 *
 * @throws FormatError, ShapeError, DataError files that are no pair of rows and labels
 */
export async function openNpy(files: readonly NamedFile[], context: OpenContext): Promise<DemoDataset> {
  if (files.length !== 2) {
    throw new FormatError(
      files[0].path,
      `expected two NPY files, one of rows [N, D] and one of labels [N], got ${files.length}`,
    );
  }
  const arrays: Named[] = [];
  for (const file of files) {
    arrays.push({ path: file.path, name: nameOf(file), ...(await readNpyFile(file, context)) });
  }
  const labels =
    arrays.find(({ shape }) => shape.length === 1) ?? arrays.find(({ shape }) => isColumn(shape));
  const rows = arrays.find((array) => array !== labels && array.shape.length > 1);
  if (!labels || !rows) {
    const shapes = arrays.map(({ path, shape }) => `${path} is [${shape.join(", ")}]`).join(" and ");
    const expected = `expected rows [N, D] and labels [N], but ${shapes}`;
    const hint = arrays.some(isOneHot)
      ? "; of labels with a column per class, save the classes: y.argmax(axis=1)"
      : "";
    throw new ShapeError((arrays.find(isOneHot) ?? arrays[0]).path, expected + hint);
  }
  const { signal } = context;
  const { x, image } = await rowsOf(rows, signal);
  const y = labelsOf(labels);
  if (x.rows !== y.length) {
    throw new ShapeError(labels.path, `it has ${y.length} labels, ${rows.path} has ${x.rows} rows`);
  }
  return datasetOf({ argument: rows.path, name: rows.name, samples: { x, y }, image, signal });
}

/** Returns whether the first rows have one 1 each and else 0, as labels with a column per class have. */
function isOneHot({ shape, values }: Named): boolean {
  const [rows, cols] = shape;
  if (shape.length !== 2 || rows === 0) return false;
  for (let row = 0; row < Math.min(rows, LOOKED_AT); row++) {
    const cells = Array.from<number | string>(values.slice(row * cols, (row + 1) * cols));
    const zeros = cells.filter((cell) => cell === 0).length;
    if (!cells.includes(1) || zeros !== cols - 1) return false;
  }
  return true;
}

const LOOKED_AT = 100;

async function rowsOf(
  { path, shape, values }: Named,
  signal: AbortSignal,
): Promise<{ x: Matrix; image: ImageShape | null }> {
  const [rows, ...sizes] = shape;
  const image = imageOf(sizes);
  if (!image && sizes.length > 1) {
    throw new ShapeError(
      path,
      `expected [N, D], [N, height, width] or [N, height, width, 1 or 3], got [${shape.join(", ")}]`,
    );
  }
  if (typeof values[0] === "string") throw new DataError(path, "expected numbers for features, got strings");
  const numbers = values as Float32Array | readonly number[];
  const cols = sizes.reduce((product, size) => product * size, 1);
  if (rows * cols === 0) throw new ShapeError(path, `it is empty: [${shape.join(", ")}]`);
  // A column that might be labels was not checked while it was read.
  if (Array.isArray(numbers)) checkFinite(numbers, 0, shape, path);
  const data = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  const x = image
    ? { data: await toPixels(data, path, signal), rows, cols, scale: PIXEL_SCALE }
    : { data, rows, cols };
  return { x, image };
}

function imageOf(sizes: readonly number[]): ImageShape | null {
  const [height, width, channels = 1] = sizes;
  if (sizes.length < 2 || sizes.length > 3 || (channels !== 1 && channels !== 3)) return null;
  return { width, height, channels };
}

function labelsOf({ path, values }: Named): readonly Label[] {
  if (typeof values[0] === "string") return values as readonly string[];
  const labels = values as readonly number[];
  const wrong = labels.findIndex((label) => !Number.isInteger(label));
  // The library takes whole numbers from 0 as labels; other numbers become names.
  if (wrong < 0) return labels.some((label) => label < 0) ? labels.map(String) : labels;
  throw new DataError(
    path,
    `row ${wrong} (from 0) has the label ${labels[wrong]}; labels are whole numbers, or strings`,
  );
}
