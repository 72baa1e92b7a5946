/** What a model says of rows without labels: scores, probabilities, the likeliest class. */
import { assertFinite, checkFeatures } from "../checks.ts";
import { openMatrix } from "../data/given-matrix.ts";
import type { Label } from "../data/labels.ts";
import { MAX_ELEMENTS, type Matrix, type MatrixLike } from "../data/matrix.ts";
import { LimitError } from "../errors.ts";
import type { PredictOptions } from "../fit-options.ts";
import { pause } from "../pause.ts";
import { type AppliedModel, apply, type Work } from "./apply.ts";

/** Labels looked up between two pauses. */
const PIECE = 2 ** 17;

/** The most probable label of each row of `x [N,D]`; null where it is less probable than `minProbability`. */
export async function predict(
  model: AppliedModel,
  x: MatrixLike,
  { minProbability = 0 }: PredictOptions,
): Promise<(Label | null)[]> {
  const { classes } = model.fitted;
  const { predicted, confidence } = await apply(model, x, ({ trainer, data, run }) =>
    trainer.outcomes(data, run),
  );
  const { closed } = model.backend;
  await assertFinite(confidence, 1, { signal: closed });
  const labels: (Label | null)[] = [];
  for (let i = 0; i < predicted.length; i++) {
    if (i % PIECE === 0) await pause(closed);
    labels.push(confidence[i] >= minProbability ? classes[predicted[i]] : null);
  }
  return labels;
}

/** P `[N,K]`. @throws LimitError more results than a matrix holds; DataError scores that overflow */
export function predictProba(model: AppliedModel, x: MatrixLike): Promise<Matrix<Float32Array>> {
  return perClass(model, x, ({ trainer, data, run }) => trainer.probabilities(data, run));
}

/** Z `[N,K]`, not divided by the temperature. @throws as {@link predictProba} */
export function logits(model: AppliedModel, x: MatrixLike): Promise<Matrix<Float32Array>> {
  const fitted = { ...model.fitted, temperature: 1 };
  return perClass({ ...model, fitted }, x, ({ trainer, data, run }) => trainer.logits(data, run));
}

/** A number for each row and class. */
async function perClass(
  model: AppliedModel,
  x: MatrixLike,
  work: Work<Float32Array>,
): Promise<Matrix<Float32Array>> {
  const { classes, features } = model.fitted;
  const given = openMatrix(x, "x");
  checkFeatures(given, features, "x");
  const { rows } = given;
  const cols = classes.length;
  if (rows * cols > MAX_ELEMENTS) {
    throw new LimitError(
      "x",
      `${rows} rows × ${cols} classes are more than ${MAX_ELEMENTS} results; pass fewer rows`,
    );
  }
  const data = await apply(model, x, work);
  await assertFinite(data, cols, { signal: model.backend.closed });
  return { data, rows, cols };
}
