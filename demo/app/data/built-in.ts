/** Data sets that need no file. */
import { type DrawnDigit, drawStrokeDigits } from "../../../src/data/strokes/stroke-digits.ts";
import { pause } from "../../../src/pause.ts";
import { formatCount } from "../../ui/format.ts";
import type { ForChoices } from "../state/choices.ts";
import type { DemoDataset, Samples } from "./demo-dataset.ts";
import { DIGIT_ROWS, DIGITS, DIGITS_SHAPE } from "./digits-size.ts";
import type { OpenContext } from "./open-context.ts";
import { describe } from "./open-dataset.ts";
import { pointClouds } from "./point-clouds.js";
// biome-ignore lint/correctness: the bundler gives the text of the file that is named just above
import pointCloudsCode from "./point-clouds.js?raw";
import { inCode } from "./text.ts";

/** The data sets, by the names that links have for them. */
export const BUILT_IN_NAMES = { digits: "Stroke digits", clouds: "Point clouds" } as const;

export type BuiltIn = keyof typeof BUILT_IN_NAMES;

/** Makes a data set by its name in links. `onDrawn` as for {@link digits}. */
export async function makeBuiltIn(
  name: BuiltIn,
  onDrawn?: (drawn: DrawnDigit) => void,
): Promise<DemoDataset> {
  if (name === "clouds") return clouds();
  return digits({ signal: new AbortController().signal, onProgress: () => {} }, onDrawn);
}

const POINTS = { train: { rows: 600, seed: 2 }, validation: { rows: 300, seed: 3 } };

/** Returns what the options of a built-in data set depend on, without making it. */
export function builtInShape(name: BuiltIn): ForChoices {
  const [image, { train }] = name === "digits" ? [DIGITS_SHAPE, DIGITS] : [null, POINTS];
  return { image, train: { x: train } };
}

/**
 * Draws the ten digits, seeded, as 28 × 28 bytes, in steps that keep the page responsive.
 *
 * @param onDrawn called with each drawing. Default: nothing
 */
export async function digits(
  { signal, onProgress }: OpenContext,
  onDrawn: (drawn: DrawnDigit) => void = () => {},
): Promise<DemoDataset> {
  let drawn = 0;
  const draw = async (part: { readonly rows: number; readonly seed: number }): Promise<Samples> => {
    const drawing = drawStrokeDigits(part);
    for (;;) {
      const { done, value } = drawing.next();
      if (done) return { x: value.x, y: Array.from(value.y) };
      onDrawn(value);
      if (++drawn % 100 === 0) onProgress({ text: "Drawing the digits", share: drawn / DIGIT_ROWS });
      await pause(signal);
    }
  };
  return {
    name: BUILT_IN_NAMES.digits,
    isBuiltIn: true,
    description: `${formatCount(DIGITS.train.rows)} drawings of the ten digits to train on, ${formatCount(DIGITS.validation.rows)} to validate on.`,
    train: await draw(DIGITS.train),
    validation: await draw(DIGITS.validation),
    image: DIGITS_SHAPE,
    features: null,
    code: {
      imports: { strokeDigits: "softmax-webgpu/digits" },
      text: `// A seed fixes every byte: these are the drawings that this page trains on.
const train = strokeDigits(${inCode(DIGITS.train)});
const validation = strokeDigits(${inCode(DIGITS.validation)});`,
    },
  };
}

/** Returns clouds of points in the plane, one per class, that overlap a little. */
export function clouds(classes = 4): DemoDataset {
  const parts = { train: { ...POINTS.train, classes }, validation: { ...POINTS.validation, classes } };
  const [train, validation] = [pointClouds(parts.train), pointClouds(parts.validation)];
  return {
    name: BUILT_IN_NAMES.clouds,
    isBuiltIn: true,
    description: describe(train, validation, null),
    train,
    validation,
    image: null,
    features: ["x", "y"],
    code: {
      imports: {},
      text: `${pointCloudsCode.replace("export function", "function").trim()}

const train = pointClouds(${inCode(parts.train)});
const validation = pointClouds(${inCode(parts.validation)});`,
    },
  };
}
