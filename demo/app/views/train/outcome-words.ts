/** The outcome of a run in plain words: the share of rows that are right, its interval, and the gap to training. */
import type { DeviceInfo } from "../../../../src/index.ts";
import { formatCount, formatCounted, formatDuration, formatShare, formatTenths } from "../../../ui/format.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";

/** The name of a row, one and many. */
export interface RowWords {
  readonly one: string;
  readonly many: string;
}

const DIGITS: RowWords = { one: "digit", many: "digits" };
const PICTURES: RowWords = { one: "picture", many: "pictures" };
const TEXTS: RowWords = { one: "text", many: "texts" };
const ROWS: RowWords = { one: "row", many: "rows" };

export function rowWords({ isBuiltIn = false, image, encoder }: DemoDataset): RowWords {
  if (image) return isBuiltIn ? DIGITS : PICTURES;
  const columns = encoder?.columns ?? [];
  return columns.length > 0 && columns.every(({ kind }) => kind === "text") ? TEXTS : ROWS;
}

/** Returns what is learnt, as a heading. */
export function taskText(dataset: DemoDataset): string {
  const words = rowWords(dataset);
  if (words === DIGITS) return "Learning to read digits";
  if (words !== ROWS) return `Learning to tell ${words.many} apart`;
  return dataset.label ? `Learning to predict “${dataset.label}”` : "Learning to classify rows";
}

/** The ends of an interval, shares from 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard deviations of a normal distribution to either side that hold 95 %. */
const Z = 1.959964;

/**
 * Returns the Wilson interval of a share at 95 %: with p = right / rows, its centre is (p + z²/2N) / (1 + z²/N), and its
 * half width z / (1 + z²/N) · √(p (1 − p) / N + z²/4N²). Unlike p ± z √(p (1 − p) / N) it holds at 0, at 1 and for few
 * rows. E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209–212.
 *
 * @param rows at least 1
 */
export function wilsonInterval(right: number, rows: number): Interval {
  const p = right / rows;
  const z2 = Z ** 2;
  const centre = (p + z2 / (2 * rows)) / (1 + z2 / rows);
  const half = (Z / (1 + z2 / rows)) * Math.sqrt((p * (1 - p)) / rows + z2 / (4 * rows ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

export interface Outcome {
  /** Accuracy on the validation rows, 0 to 1. */
  readonly accuracy: number;
  /** Number of validation rows. */
  readonly rows: number;
  /** Accuracy on the training rows; NaN if it is unknown. */
  readonly trainingAccuracy: number;
  readonly seconds: number;
}

/**
 * Returns, for example, `"939 of 1,000 digits it had never seen are right, in 0.8 s, on your CPU (WebAssembly)."` The
 * training of a model from a file is unknown, so that its rows are only called validation rows.
 */
export function outcomeText(
  { accuracy, rows, trainingAccuracy, seconds }: Outcome,
  { many, one }: RowWords,
  device: DeviceInfo | null,
): string {
  const right = Math.round(accuracy * rows);
  const name = rows === 1 ? one : many;
  const judged = Number.isFinite(trainingAccuracy)
    ? `${name} it had never seen`
    : `validation ${rows === 1 ? "row" : "rows"}`;
  const time =
    seconds > 0
      ? `, in ${seconds < 0.1 ? formatDuration(1000 * seconds) : `${formatTenths(seconds)} s`}`
      : "";
  return `${formatCount(right)} of ${formatCount(rows)} ${judged} ${right === 1 ? "is" : "are"} right${time}${device ? `, on ${placeText(device)}` : ""}.`;
}

function placeText({ kind, name, software }: DeviceInfo): string {
  const detail = name.replace(/^(WebGPU|CPU): /, "").replace(/ (relaxed-)?simd\b/, "");
  if (kind === "webgpu")
    return software ? `a GPU that your CPU imitates (${detail})` : `your GPU (${detail})`;
  return `your CPU (${detail})`;
}

/** Returns how far the accuracy can be trusted: its interval at 95 %. */
export function intervalText({ accuracy, rows }: Outcome, { many }: RowWords): string {
  const { low, high } = wilsonInterval(accuracy * rows, rows);
  return `On other ${many} like these, expect ${formatShare(low)} to ${formatShare(high)} right.`;
}

/** Widest interval of the accuracy that allows a comparison. */
const MOST_DOUBT = 0.25;
/** Least gap that is spoken of, as a share. */
const LEAST_GAP = 0.01;

/**
 * Returns how accuracy on rows that were seen compares. Chance alone explains a gap within the interval of the accuracy
 * on unseen rows, so only a larger one is called learnt by heart. Empty if the accuracy in training is unknown.
 */
export function gapText({ accuracy, rows, trainingAccuracy }: Outcome, { many }: RowWords): string {
  if (!Number.isFinite(trainingAccuracy)) return "";
  const gap = trainingAccuracy - accuracy;
  const { low, high } = wilsonInterval(accuracy * rows, rows);
  if (high - low > MOST_DOUBT)
    return `${formatCounted(rows, "row")} are too few to tell whether it does as well on ${many} it has not seen.`;
  if (gap < LEAST_GAP || trainingAccuracy <= high)
    return `It does about as well on ${many} it has not seen as on those it learnt from.`;
  return (
    `Of the ${many} it learnt from, ${formatShare(trainingAccuracy)} are right: some it knows by heart. ` +
    `More ${many} help, or a larger λ.`
  );
}
