/** Files of a model, with an interrupted fit. Each format is imported when it is first used. */

import type { ModelState } from "./fit/model-state.ts";
import type { Progress } from "./fit/resume.ts";
import { modelToPlainJson, type SavedModel } from "./formats/saved-model.ts";
import type { SklearnModel } from "./formats/sklearn.ts";
import { loaded } from "./loaded.ts";
import type { FittedModel } from "./model/fitted-model.ts";
import { fittedOf, loadModel, type ModelSource, optionsOf, savedModel } from "./model/save.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "./options.ts";

/** What a file holds: options of an estimator, the given ones instead of the saved ones, and its state. */
export interface OpenedModel {
  readonly options: SoftmaxRegressionOptions;
  readonly fitted: FittedModel;
  readonly progress: Progress | null;
}

/** Opens a saved model, safetensors or JSON. @throws FormatError, OptionError */
export async function openFile(
  source: ModelSource | PromiseLike<ModelSource>,
  given: SoftmaxRegressionOptions,
): Promise<OpenedModel> {
  return opened(await loadModel(await source), given);
}

/** Opens a fitted classifier of scikit-learn. @throws FormatError */
export async function openSklearn(
  source: SklearnModel | string,
  given: SoftmaxRegressionOptions,
): Promise<OpenedModel> {
  const { fromSklearn, fromSklearnJson } = await loaded(
    import("./formats/sklearn.ts"),
    "scikit-learn models",
  );
  return opened(await (typeof source === "string" ? fromSklearnJson(source) : fromSklearn(source)), given);
}

async function opened(saved: SavedModel, given: SoftmaxRegressionOptions): Promise<OpenedModel> {
  const { weights, bias, progress } = saved;
  const resumable =
    progress && (await (await progressFile()).unpackProgress(progress, weights.length, bias.length));
  return { options: optionsOf(saved, given), fitted: fittedOf(saved), progress: resumable };
}

/** Writes a safetensors file. @throws StateError before the first fit */
export async function safetensorsOf(
  state: ModelState,
  options: ResolvedOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const saved = await saving(state, options);
  return (await loaded(import("./formats/model-safetensors.ts"), "safetensors")).modelToSafetensors(saved);
}

/** Writes JSON text. @throws StateError before the first fit; FormatError too many numbers */
export async function jsonTextOf(state: ModelState, options: ResolvedOptions): Promise<string> {
  const saved = await saving(state, options);
  return (await loaded(import("./formats/model-json.ts"), "JSON")).modelToJson(saved);
}

/** Writes an ONNX file. @throws StateError before the first fit; FormatError parameters too large for float32 */
export async function onnxOf(state: ModelState, options: ResolvedOptions): Promise<Uint8Array<ArrayBuffer>> {
  const saved = await saving(state, options);
  return (await loaded(import("./formats/onnx.ts"), "ONNX")).toOnnx(saved);
}

/** Returns what `JSON.stringify` is given: the model without an interrupted fit. @throws StateError, FormatError */
export function plainJsonOf({ fitted }: ModelState, options: ResolvedOptions): object {
  return modelToPlainJson(savedModel(fitted, options, null));
}

/** Collects what there is to save now. A fit that runs meanwhile makes new arrays and leaves these as they are. */
async function saving({ fitted, progress }: ModelState, options: ResolvedOptions): Promise<SavedModel> {
  const packed = progress && (await (await progressFile()).packProgress(progress));
  return savedModel(fitted, options, packed);
}

const progressFile = () => loaded(import("./fit/progress-file.ts"), "interrupted fits");
