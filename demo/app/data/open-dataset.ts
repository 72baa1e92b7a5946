/** Functions that all readers of files share: limits, labels, and the split into training and validation rows. */
import { DataError, LimitError } from "../../../src/errors.ts";
import type { Label } from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import { inBlocks } from "./arrays.ts";
import type { DemoDataset, ImageShape, Samples } from "./demo-dataset.ts";
import { splitRows, takeRows } from "./split-rows.ts";
import { brief } from "./text.ts";

/** Memory of the features at most, bytes. */
export const MAX_BYTES = 2 ** 31;
/** Rows at most: a row takes about a hundred bytes for its label and the split, beside its features. */
const MAX_ROWS = 2 ** 24;
/** Features at most: ten classes then have 40 MB of weights, which are copied after every epoch. */
const MAX_FEATURES = 2 ** 20;
/** Characters of a label or of a column's name at most: longer ones are texts. */
const MAX_NAME = 1000;
/** Names that a sentence lists at most. */
const MAX_NAMED = 5;

/** @throws LimitError rows and features that this page does not take */
export function checkSize(rows: number, cols: number, elementBytes: number, argument: string): void {
  const bytes = rows * cols * elementBytes;
  const atMost = "this page takes at most";
  if (bytes > MAX_BYTES) {
    throw new LimitError(
      argument,
      `${formatCount(rows)} rows of ${formatCount(cols)} features would take ${gigabytes(bytes)}, ${atMost} ${gigabytes(MAX_BYTES)}`,
    );
  }
  if (rows > MAX_ROWS)
    throw new LimitError(argument, `${formatCount(rows)} rows, ${atMost} ${formatCount(MAX_ROWS)}`);
  if (cols > MAX_FEATURES) {
    throw new LimitError(argument, `${formatCount(cols)} features, ${atMost} ${formatCount(MAX_FEATURES)}`);
  }
}

/** Checks the length of a name, which errors call `what`. @throws LimitError a name that is too long */
export function checkName({ length }: { readonly length: number }, what: string, argument: string): void {
  if (length <= MAX_NAME) return;
  throw new LimitError(
    argument,
    `${what} has ${formatCount(length)} characters, at most ${formatCount(MAX_NAME)} are taken: it is a text and no name`,
  );
}

/** Returns texts as labels: as numbers if every text is a whole number from 0, so that 10 comes after 9. */
export function toLabels(texts: readonly string[]): readonly Label[] {
  return texts.every((text) => /^(0|[1-9]\d{0,14})$/.test(text)) ? texts.map(Number) : texts;
}

/** Rows of one source, before the split. */
interface WholeDataset {
  /** The file or folder, for errors. */
  readonly argument: string;
  readonly name: string;
  readonly samples: Samples;
  readonly image: ImageShape | null;
  /** Default null. */
  readonly features?: readonly string[] | null;
  /** Share of the validation rows. Default a fifth. */
  readonly share?: number;
  /** Default `"stratified"`. */
  readonly split?: "stratified" | "plain";
  readonly signal: AbortSignal;
  /** A sentence that names rows or files left out. Default empty. */
  readonly remark?: string;
}

/** Holds rows back. @throws DataError fewer than two classes, or no row to spare */
export async function datasetOf(whole: WholeDataset): Promise<DemoDataset> {
  const { argument, name, samples, image, features = null, signal, remark } = whole;
  const { share = 1 / 5, split = "stratified" } = whole;
  checkClasses(samples, argument);
  const rows = await splitRows(samples.y, { argument, share, split, signal });
  const train = await takeRows(samples, rows.train, signal);
  const validation = await takeRows(samples, rows.validation, signal);
  const description = describe(train, validation, image, remark);
  return { name, description, train, validation, image, features, code: null };
}

/** @throws DataError fewer than two classes */
export function checkClasses({ y }: Pick<Samples, "y">, argument: string): void {
  const first = y[0];
  if (y.some((label) => label !== first)) return;
  throw new DataError(
    argument,
    `every row has the label ${JSON.stringify(typeof first === "string" ? brief(first) : first)}; at least two classes are needed`,
  );
}

/** Returns a sentence about a data set, and the remark. */
export function describe(train: Samples, validation: Samples, image: ImageShape | null, remark = ""): string {
  const rows = image
    ? `${image.channels === 3 ? "colour" : "grey"} pictures of ${image.width} × ${image.height} pixels`
    : "rows";
  const sentence = `${formatCount(train.x.rows)} ${rows} to train on, ${formatCount(validation.x.rows)} to validate on.`;
  return remark ? `${sentence} ${remark}` : sentence;
}

export function someOf(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).map(brief).join(", ") + (rest > 0 ? ` and ${formatCount(rest)} more` : "");
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString("en", { maximumSignificantDigits: 3 })} GB`;
}

/** Factor from bytes of pictures to values in [0, 1]. */
export const PIXEL_SCALE = 1 / 255;

/**
 * Scales values so that the brightest becomes 255.
 *
 * @throws DataError negative values, or nothing but 0
 */
export async function toPixels(
  values: Float32Array,
  argument: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  let brightest = 0;
  await inBlocks(values.length, signal, (at) => {
    if (values[at] < 0) throw new DataError(argument, `${values[at]} is no brightness: pixels are 0 or more`);
    if (values[at] > brightest) brightest = values[at];
  });
  if (brightest === 0) throw new DataError(argument, "every pixel is 0");
  const pixels = new Uint8Array(values.length);
  await inBlocks(values.length, signal, (at) => {
    pixels[at] = Math.round((255 * values[at]) / brightest);
  });
  return pixels;
}
