/** Loads the models of a run that was kept or saved. */
import { SoftmaxRegression } from "../../../../src/index.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import type { RestoredRun } from "../run-records.ts";
import { fail } from "./fields.ts";
import type { RunRecord } from "./run-record.ts";

/** Bytes of models; null for one that is absent. */
export interface ModelFiles {
  readonly model: Uint8Array<ArrayBuffer> | null;
  readonly candidate: Uint8Array<ArrayBuffer> | null;
}

/** @throws FormatError, OptionError models that are damaged, or for other rows than the data set's */
export async function loadRun(
  record: RunRecord,
  files: ModelFiles,
  dataset: DemoDataset,
  place: string,
): Promise<RestoredRun> {
  const { device } = record.choices;
  const opened: SoftmaxRegression[] = [];
  const load = async (bytes: Uint8Array<ArrayBuffer> | null) => {
    if (!bytes) return null;
    const model = await SoftmaxRegression.load(bytes, { device });
    opened.push(model);
    checkFits(model, dataset, place);
    return model;
  };
  try {
    const model = await load(files.model);
    const candidate = model && (await load(files.candidate));
    const own = candidate ?? model;
    if (record.threshold && !model?.classes.includes(record.threshold.positive))
      fail(`${place}: run.threshold`, "a label of the model");
    // Without its progress a run cannot continue, and its curves belong to a model that is gone.
    const canContinue = record.status !== "paused" || own?.isResumable === true;
    const run = canContinue ? record : ({ ...record, status: "idle", history: [], seconds: 0 } as const);
    if (run.status !== "idle" && !own) fail(`${place}: run`, "a model");
    return { ...run, model, candidate };
  } catch (error) {
    for (const model of opened) model.dispose();
    throw error;
  }
}

function checkFits(model: SoftmaxRegression, { train }: DemoDataset, place: string): void {
  const { classes, weights } = model;
  if (weights.length !== classes.length * train.x.cols) fail(`${place}: model`, `${train.x.cols} features`);
  const known = new Set(classes);
  if (train.y.some((label) => !known.has(label))) fail(`${place}: model`, "the classes of the data");
}
