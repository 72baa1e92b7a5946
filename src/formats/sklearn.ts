/**
 * Reads models that scikit-learn fitted: the three arrays of a `LogisticRegression` with a softmax over all classes.
 * All of its solvers fit that except `liblinear` and one-against-the-rest, whose probabilities differ, but whose arrays
 * look the same. A `StandardScaler`, options and pickles are not read.
 */
import { checkForeign } from "../data/foreign-file.ts";
import type { Label } from "../data/labels.ts";
import { inPieces } from "../data/pieces.ts";
import { FormatError } from "../errors.ts";
import { show } from "./bytes.ts";
import { checkModel } from "./check-model.ts";
import { parseJson } from "./json.ts";
import { arrayOf, checkFields, numbersOf, objectOf, type Rows, rowsOf } from "./json-fields.ts";
import { type NpyArray, readNpy } from "./npy.ts";
import type { SavedModel } from "./saved-model.ts";

/** The arrays of a fitted classifier, each as the bytes of an NPY file or as plain arrays. */
export interface SklearnModel {
  /** `coef_` `[K,D]`; `[1,D]` for two classes. */
  readonly coef: Uint8Array | readonly (readonly number[])[];
  /** `intercept_` `[K]`, `[1]` for two classes; also one row or one column of them. Zeros if absent or a single 0. */
  readonly intercept?: Uint8Array | readonly number[] | readonly (readonly number[])[] | number;
  /** `classes_` `[K]`; also one row or one column of them. */
  readonly classes: Uint8Array | readonly Label[] | readonly (readonly Label[])[];
}

/**
 * Converts a fitted scikit-learn classifier to a model with the same probabilities. Classes are sorted in this
 * library's order.
 *
 * @throws FormatError  naming the array (`coef.shape`): NPY bytes that {@link readNpy} refuses, shapes that do not fit
 *                      each other, labels other than non-negative integers or strings, numbers that are not finite
 */
export async function fromSklearn(model: SklearnModel): Promise<SavedModel> {
  if (typeof model !== "object" || model === null)
    throw new FormatError("sklearn", `expected { coef, intercept, classes }, got ${show(model)}`);
  const { coef, intercept, classes } = model;
  const { values, rows, cols } = await readCoef(coef);
  const labels = await readClasses(classes);
  if (rows !== labels.length && !(rows === 1 && labels.length === 2)) {
    throw new FormatError("coef", `expected a row for each of ${labels.length} classes, got ${rows}`);
  }
  const given = { weights: values, bias: await readIntercept(intercept, rows) };
  const { weights, bias } =
    rows === 1 ? { weights: await mirrored(values), bias: await mirrored(given.bias) } : given;
  // NumPy sorts strings by code point, and this library by code unit: the orders differ above U+FFFF.
  const order = Array.from(labels.keys()).sort((a, b) => (labels[a] < labels[b] ? -1 : 1));
  return checkModel({
    features: cols,
    classes: order.map((k) => labels[k]),
    weights: await rowsInOrder(weights, order, cols),
    bias: await rowsInOrder(bias, order, 1),
    standardization: null,
    temperature: 1,
    options: {},
    progress: null,
  });
}

/**
 * Reads a fitted scikit-learn classifier from JSON text: `{"coef_": [[…]], "intercept_": […], "classes_": […]}`, as
 * `json.dumps({name: getattr(model, name).tolist() for name in ("coef_", "intercept_", "classes_")})` writes it.
 *
 * @throws FormatError  as {@link fromSklearn}; text that is not such JSON
 */
export async function fromSklearnJson(text: string): Promise<SavedModel> {
  checkForeign(text, "sklearn");
  const file = objectOf(await parseJson(text, "sklearn"), "sklearn");
  checkFields(file, "sklearn", ["coef_", "classes_"], ["intercept_"]);
  return fromSklearn({
    coef: file.coef_ as number[][],
    classes: file.classes_ as Label[],
    ...(Object.hasOwn(file, "intercept_") && { intercept: file.intercept_ as number[] }),
  });
}

/**
 * Converts the parameters of two classes, which scikit-learn stores as one row w with the probability sigmoid(w·x) of
 * the second class, to the two rows −w/2 and w/2. The probabilities are the same, since softmax depends only on the
 * difference of scores.
 */
async function mirrored(row: Float64Array): Promise<Float64Array> {
  const { length } = row;
  const both = new Float64Array(2 * length);
  await inPieces(length, (begin, end) => {
    for (let j = begin; j < end; j++) {
      both[j] = -row[j] / 2;
      both[length + j] = row[j] / 2;
    }
  });
  return both;
}

async function rowsInOrder(
  values: Float64Array,
  order: readonly number[],
  cols: number,
): Promise<Float64Array> {
  const sorted = new Float64Array(values.length);
  for (const [i, k] of order.entries()) {
    await inPieces(cols, (begin, end) =>
      sorted.set(values.subarray(k * cols + begin, k * cols + end), i * cols + begin),
    );
  }
  return sorted;
}

async function readCoef(coef: SklearnModel["coef"]): Promise<Rows> {
  if (!isNpy(coef)) return rowsOf(coef, "coef");
  const { shape, values } = await readNumbers(coef, "coef");
  if (shape.length !== 2) throw new FormatError("coef.shape", `expected rank 2, got rank ${shape.length}`);
  return { values, rows: shape[0], cols: shape[1] };
}

async function readIntercept(intercept: SklearnModel["intercept"], rows: number): Promise<Float64Array> {
  const values = await interceptValues(intercept);
  // Some estimators that were fitted without an intercept store a single 0.
  if (values.length === 1 && values[0] === 0) return new Float64Array(rows);
  if (values.length === rows) return values;
  throw new FormatError(
    "intercept",
    `expected a number for each of ${rows} rows of coef, got ${values.length}`,
  );
}

async function interceptValues(intercept: SklearnModel["intercept"]): Promise<Float64Array> {
  if (intercept === undefined) return Float64Array.of(0);
  if (typeof intercept === "number") return Float64Array.of(intercept);
  if (!isNpy(intercept)) return numbersOf(lineOf(intercept, "intercept"), "intercept");
  const { shape, values } = await readNumbers(intercept, "intercept");
  if (shape.length > 0) checkLine(shape, "intercept");
  return values;
}

async function readClasses(classes: SklearnModel["classes"]): Promise<readonly Label[]> {
  const labels = isNpy(classes) ? await readClassArray(classes) : lineOf(classes, "classes");
  // Check before comparing: other JSON values have no order, or throw when compared.
  const other = labels.find((label) => !["number", "string", "boolean"].includes(typeof label));
  if (other === undefined) return labels as readonly Label[];
  throw new FormatError("classes", `expected numbers, strings or booleans, got ${show(other)}`);
}

async function readClassArray(bytes: Uint8Array): Promise<readonly Label[]> {
  const { shape, values } = await readNpy(bytes, "classes");
  checkLine(shape, "classes");
  return Array.from<Label>(values);
}

/** Checks for one axis, or two of which one has the size 1. @throws FormatError */
function checkLine(shape: readonly number[], argument: string): void {
  if (shape.length === 1 || (shape.length === 2 && shape.includes(1))) return;
  throw new FormatError(
    `${argument}.shape`,
    `expected rank 1, or one row or column, got [${shape.join(", ")}]`,
  );
}

/** Returns the items of a list, of one row `[[a, b]]`, or of one column `[[a], [b]]`. */
function lineOf(value: unknown, argument: string): readonly unknown[] {
  const list = arrayOf(value, argument);
  if (!list.some(Array.isArray)) return list;
  if (list.length === 1) return list[0] as readonly unknown[];
  const isColumn = list.every((row) => Array.isArray(row) && row.length === 1);
  return isColumn ? list.flat() : list;
}

async function readNumbers(
  bytes: Uint8Array,
  argument: string,
): Promise<NpyArray & { values: Float64Array }> {
  const { shape, values } = await readNpy(bytes, argument);
  if (values instanceof Float64Array) return { shape, values };
  throw new FormatError(`${argument}.descr`, "expected numbers, got strings");
}

function isNpy(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}
