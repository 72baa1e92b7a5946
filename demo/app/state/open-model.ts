/** A saved model, for the data set at hand. */
import { modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import {
  type ModelEvaluation,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../../src/index.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { type Choices, choicesOf } from "./choices.ts";

/** What was opened. The caller disposes of the model. */
export interface OpenedModel {
  readonly model: SoftmaxRegression;
  /** What it was trained by. */
  readonly choices: Choices;
  /** On the validation rows. */
  readonly evaluation: ModelEvaluation;
}

/** Reads safetensors or JSON. @throws FormatError what is none, Error a model for other rows */
export async function openModel(
  source: Blob,
  dataset: DemoDataset,
  device: Choices["device"],
): Promise<OpenedModel> {
  if (source instanceof File && source.name.endsWith(".onnx"))
    throw new Error("ONNX files are for predicting elsewhere; open safetensors or JSON here.");
  const saved = await readModel(new Uint8Array(await source.arrayBuffer()));
  // A run that was interrupted on other rows cannot go on with these; the model is one all the same.
  const progress = rowsOf(saved) === dataset.train.x.rows ? saved.progress : null;
  const model = await SoftmaxRegression.load(await modelToSafetensors({ ...saved, progress }), { device });
  try {
    checkFits(model, dataset);
    const { x, y } = dataset.validation;
    const evaluation = await model.evaluate(x, y as string[]);
    return { model, choices: choicesOf(saved.options as SoftmaxRegressionOptions, device), evaluation };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The number of rows that an interrupted run was on. */
function rowsOf({ progress }: SavedModel): number | undefined {
  const { conditions } = (progress?.state ?? {}) as { readonly conditions?: { readonly rows?: number } };
  return conditions?.rows;
}

function checkFits({ weights, classes }: SoftmaxRegression, { train }: DemoDataset): void {
  const features = weights.length / classes.length;
  if (features !== train.x.cols) {
    const has = `the data set has ${train.x.cols}. Open its data set first.`;
    throw new Error(`This model is for ${features} features; ${has}`);
  }
  const known = new Set(classes);
  const unknown = train.y.find((label) => !known.has(label));
  if (unknown === undefined) return;
  throw new Error(`This model knows ${classes.join(", ")}, but not “${unknown}”. Open its data set first.`);
}
