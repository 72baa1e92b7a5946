/** Opens a saved model for the current data set. */
import { modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import {
  type ModelEvaluation,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { someOf } from "../data/open-dataset.ts";
import { STAND_IN_BYTES, standInOf } from "../data/open-kind.ts";
import { brief } from "../data/text.ts";
import { type Choices, choicesOf } from "./choices.ts";

/** An opened model. The caller disposes of it. */
export interface OpenedModel {
  readonly model: SoftmaxRegression;
  readonly choices: Choices;
  readonly evaluation: ModelEvaluation;
}

/** Bytes of a file at most: reading a model takes several times as much memory. */
const MAX_BYTES = 2 ** 28;

/** Reads safetensors or JSON. @throws FormatError another format, Error a model that is too large or for other rows */
export async function openModel(
  source: Blob,
  dataset: DemoDataset,
  device: Choices["device"],
): Promise<OpenedModel> {
  if (source instanceof File && source.name.endsWith(".onnx"))
    throw new Error("ONNX files are for predicting elsewhere; open safetensors or JSON here.");
  if (source.size > MAX_BYTES)
    throw new Error(
      `Its ${formatCount(source.size)} bytes are more than the ${formatCount(MAX_BYTES)} that are read here.`,
    );
  const bytes = new Uint8Array(await source.arrayBuffer());
  const standIn = standInOf(bytes.subarray(0, STAND_IN_BYTES));
  if (standIn) throw new Error(standIn);
  const saved = await readModel(bytes);
  checkFits(saved, dataset);
  // An interrupted run cannot continue with other rows, but its model still predicts.
  const progress = rowsOf(saved) === dataset.train.x.rows ? saved.progress : null;
  const model = await SoftmaxRegression.load(await modelToSafetensors({ ...saved, progress }), { device });
  try {
    const { x, y } = dataset.validation;
    const evaluation = await model.evaluate(x, y as string[]);
    return { model, choices: choicesOf(saved.options as SoftmaxRegressionOptions, device), evaluation };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Returns the number of training rows of an interrupted run. */
function rowsOf({ progress }: SavedModel): number | undefined {
  const { conditions } = (progress?.state ?? {}) as { readonly conditions?: { readonly rows?: number } };
  return conditions?.rows;
}

function checkFits({ features, classes }: SavedModel, { train }: DemoDataset): void {
  if (features !== train.x.cols) {
    const has = `the data set has ${train.x.cols}. Open its data set first.`;
    throw new Error(`This model is for ${features} features; ${has}`);
  }
  const known = new Set(classes);
  const unknown = train.y.find((label) => !known.has(label));
  if (unknown === undefined) return;
  const names = someOf(classes.map(String));
  throw new Error(`This model knows ${names}, but not “${brief(String(unknown))}”. Open its data set first.`);
}
