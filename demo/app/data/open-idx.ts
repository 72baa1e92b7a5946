/**
 * IDX files, as MNIST and its relatives come: images and labels, plain or gzip, with files to check with or without.
 */
import { FormatError, readIdxPair, ShapeError, SoftmaxError } from "../../../src/index.ts";
import type { DemoDataset, ImageShape, RowsCode, Samples } from "./demo-dataset.ts";
import { countedStream, headOf } from "./file-bytes.ts";
import { type NamedFile, nameOf, type OpenContext } from "./open-context.ts";
import { checkClasses, checkSize, datasetOf, describe } from "./open-dataset.ts";
import { inCode } from "./text.ts";

/** Share of validation rows if no files are given for them, equal to MNIST's own. */
const SHARE = 1 / 6;
const IMAGES_MAGIC = 0x00000803;
const LABELS_MAGIC = 0x00000801;
const HEADER_BYTES = 16;
/** Of a name, what says only that this is an IDX file. */
const SUFFIX = /[-.]idx.*$/i;

interface Pair {
  readonly images: NamedFile;
  readonly labels: NamedFile;
}

/**
 * Opens files named `t10k…` or `test…` as validation rows, all others as training rows. If one part has no images or no
 * labels, the other part is split.
 *
 * @throws FormatError files without a counterpart, two for the same part, or what `readIdxPair` refuses
 * @throws ShapeError  parts that do not fit each other
 * @throws LimitError  more images than this page takes
 */
export async function openIdx(files: readonly NamedFile[], context: OpenContext): Promise<DemoDataset> {
  const { train, validation, leftOut } = await pairsOf(files);
  const whole = await readPair(train, context);
  const { image, samples } = whole;
  const argument = train.images.path;
  const name = folderOf(train.images) || nameOf(train.images).replace(SUFFIX, "");
  if (!validation) {
    const remark = leftOut.length > 0 ? `Left out, for want of a counterpart: ${leftOut.join(", ")}.` : "";
    return datasetOf({ argument, name, samples, image, share: SHARE, signal: context.signal, remark });
  }
  const held = await readPair(validation, context);
  checkParts(whole, held, validation);
  checkClasses(samples, argument);
  return {
    name,
    description: describe(samples, held.samples, image),
    train: samples,
    validation: held.samples,
    image,
    features: null,
    code: codeOf(train, validation),
  };
}

/** The library's own reader gives equal rows if nothing is split. */
function codeOf(train: Pair, validation: Pair): RowsCode {
  // In an address, a name may not be a path, a scheme or a query.
  const fetched = (file: NamedFile) => `await fetch(${inCode(encodeURIComponent(nameOf(file)))})`;
  const read = ({ images, labels }: Pair) =>
    `await readIdxPair(
  ${fetched(images)},
  ${fetched(labels)},
);`;
  return {
    imports: { readIdxPair: "softmax-webgpu" },
    text: `// The files that were opened here, from where they are served.
const train = ${read(train)}
const validation = ${read(validation)}`,
  };
}

interface ReadPair {
  readonly samples: Samples;
  readonly image: ImageShape;
}

async function readPair({ images, labels }: Pair, context: OpenContext): Promise<ReadPair> {
  await checkHeaders(images, labels);
  // As a response, so that an abort reaches the reader; the labels are small and say nothing.
  const silent = { ...context, onProgress: () => {} };
  try {
    const { x, y } = await readIdxPair(
      new Response(countedStream(images, context)),
      new Response(countedStream(labels, silent)),
    );
    return { samples: { x, y: Array.from(y) }, image: { width: x.width, height: x.height, channels: 1 } };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof SoftmaxError)) throw error;
    const { path } = error.argument === "labels" ? labels : images;
    throw new FormatError(path, error.message.slice(error.argument.length + 2), { cause: error });
  }
}

/** Checks what the headers announce, before anything is read or unpacked. Other faults are the reader's to name. */
async function checkHeaders(images: NamedFile, labels: NamedFile): Promise<void> {
  const [magic, rows, height, width] = await headerOf(images);
  if (magic !== IMAGES_MAGIC || width === undefined) return;
  checkSize(rows, height * width, 1, images.path);
  const [labelsMagic, length] = await headerOf(labels);
  if (labelsMagic !== LABELS_MAGIC || length === undefined || length === rows) return;
  throw new ShapeError(labels.path, `expected one per image, got ${length} labels and ${rows} images`);
}

/** Returns the first numbers of a file, as many as there are. */
async function headerOf(file: NamedFile): Promise<number[]> {
  const head = await headOf(file, HEADER_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return [0, 4, 8, 12].filter((at) => at + 4 <= head.length).map((at) => view.getUint32(at));
}

function checkParts(train: ReadPair, held: ReadPair, { images, labels }: Pair): void {
  const [a, b] = [train.image, held.image];
  if (a.width !== b.width || a.height !== b.height) {
    throw new ShapeError(
      images.path,
      `its images have ${b.width} × ${b.height} pixels, those to train on ${a.width} × ${a.height}`,
    );
  }
  const known = new Set(train.samples.y);
  const unknown = held.samples.y.find((label) => !known.has(label));
  if (unknown === undefined) return;
  throw new FormatError(labels.path, `it has the label ${unknown}, which no row to train on has`);
}

async function pairsOf(files: readonly NamedFile[]) {
  const kinds = await Promise.all(files.map(hasImages));
  const images = files.filter((_, i) => kinds[i]);
  const labels = files.filter((_, i) => !kinds[i]);
  if (images.length === 1 && labels.length === 1) {
    return { train: { images: images[0], labels: labels[0] }, validation: null, leftOut: [] };
  }
  const train = pairOf(images, labels, (file) => !isForChecking(file));
  const validation = pairOf(images, labels, isForChecking);
  const first = train ?? validation;
  if (!first) {
    const [present, missing] = images.length > 0 ? ["images", "labels"] : ["labels", "images"];
    throw new FormatError(files[0].path, `these are ${present}; choose the file of their ${missing} as well`);
  }
  if (train && validation) return { train, validation, leftOut: [] };
  const used = [first.images, first.labels];
  return { train: first, validation: null, leftOut: files.filter((f) => !used.includes(f)).map(nameOf) };
}

function pairOf(
  images: readonly NamedFile[],
  labels: readonly NamedFile[],
  isOfPart: (file: NamedFile) => boolean,
): Pair | null {
  const [x, y] = [images.filter(isOfPart), labels.filter(isOfPart)];
  const twice = [x, y].find((found) => found.length > 1);
  if (twice) {
    throw new FormatError(twice[1].path, `${twice[0].path} is of the same part; open one data set at a time`);
  }
  return x.length && y.length ? { images: x[0], labels: y[0] } : null;
}

function isForChecking(file: NamedFile): boolean {
  return /^(t10k|test|val)/i.test(nameOf(file));
}

/** Finds the part by the name of the file, else by its first bytes. */
async function hasImages(file: NamedFile): Promise<boolean> {
  if (/label|idx1/i.test(nameOf(file))) return false;
  if (/image|idx3/i.test(nameOf(file))) return true;
  return (await headerOf(file))[0] === IMAGES_MAGIC;
}

function folderOf({ path }: NamedFile): string {
  return path.split("/").at(-2) ?? "";
}
