/** NPY files: x of rows, [N, D] or [N, height, width] with channels or without, and y of labels, [N]. */
import { readNpy } from "../../../src/formats/npy.ts";
import { DataError, FormatError, type Label, type Matrix, ShapeError } from "../../../src/index.ts";
import type { DemoDataset, ImageShape } from "./demo-dataset.ts";
import { bytesOf } from "./open-bytes.ts";
import { type NamedFile, nameOf, type OpenContext } from "./open-context.ts";
import { checkSize, datasetOf } from "./open-dataset.ts";
import { PIXEL_SCALE, toPixels } from "./pixels.ts";

const SHARE = 1 / 5;

interface Named {
  readonly path: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array | readonly string[];
}

/** The two files in either order. @throws FormatError, ShapeError, DataError what is no pair of rows and labels */
export async function openNpy(files: readonly NamedFile[], context: OpenContext): Promise<DemoDataset> {
  if (files.length !== 2) {
    throw new FormatError(
      files[0].path,
      `expected two NPY files, one of rows [N, D] and one of labels [N], got ${files.length}`,
    );
  }
  const arrays: Named[] = [];
  for (const file of files) {
    checkSize(file.file.size, 1, 1, file.path);
    const { shape, values } = readNpy(await bytesOf(file, context), file.path);
    arrays.push({ path: file.path, name: nameOf(file), shape, values });
  }
  const labels = arrays.find(({ shape }) => shape.length === 1);
  const rows = arrays.find(({ shape }) => shape.length > 1);
  if (!labels || !rows) {
    const shapes = arrays.map(({ path, shape }) => `${path} is [${shape.join(", ")}]`).join(" and ");
    throw new ShapeError(files[0].path, `expected rows [N, D] and labels [N], but ${shapes}`);
  }
  const { x, image } = rowsOf(rows);
  const y = labelsOf(labels);
  if (x.rows !== y.length) {
    throw new ShapeError(labels.path, `it has ${y.length} labels, ${rows.path} has ${x.rows} rows`);
  }
  const [argument, name] = [rows.path, rows.name];
  const rest = { image, features: null, share: SHARE, split: "stratified", remark: "" } as const;
  return datasetOf({ argument, name, samples: { x, y }, ...rest });
}

function rowsOf({ path, shape, values }: Named): { x: Matrix; image: ImageShape | null } {
  const [rows, ...sizes] = shape;
  const image = imageOf(sizes);
  if (!image && sizes.length > 1) {
    throw new ShapeError(
      path,
      `expected [N, D], [N, height, width] or [N, height, width, 1 or 3], got [${shape.join(", ")}]`,
    );
  }
  if (!(values instanceof Float64Array))
    throw new DataError(path, "expected numbers for features, got strings");
  const cols = sizes.reduce((product, size) => product * size, 1);
  if (rows * cols === 0) throw new ShapeError(path, `it is empty: [${shape.join(", ")}]`);
  const wrong = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (wrong >= 0) {
    const place = `row ${Math.floor(wrong / cols)}, feature ${wrong % cols} (both from 0)`;
    throw new DataError(path, `${place} is ${values[wrong]}, which is no number to train on`);
  }
  const x = image
    ? { data: toPixels(values, path), rows, cols, scale: PIXEL_SCALE }
    : { data: Float32Array.from(values), rows, cols };
  return { x, image };
}

function imageOf(sizes: readonly number[]): ImageShape | null {
  const [height, width, channels = 1] = sizes;
  if (sizes.length < 2 || sizes.length > 3 || (channels !== 1 && channels !== 3)) return null;
  return { width, height, channels };
}

function labelsOf({ path, values }: Named): readonly Label[] {
  if (!(values instanceof Float64Array)) return values;
  const wrong = values.findIndex((label) => !Number.isInteger(label) || label < 0);
  if (wrong < 0) return Array.from(values);
  throw new DataError(
    path,
    `row ${wrong} (from 0) has the label ${values[wrong]}; labels are whole numbers from 0, or strings`,
  );
}
