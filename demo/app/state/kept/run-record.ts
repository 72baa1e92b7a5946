/** Records of runs without their models: the options, the curves, and the status. */
import type { ModelEvaluation, StopReason } from "../../../../src/index.ts";
import { choicesIn } from "../choice-rules.ts";
import type { Choices } from "../choices.ts";
import type { EpochMetrics, Threshold } from "../run-records.ts";
import { Fields, fail } from "./fields.ts";

export interface RunRecord {
  readonly choices: Choices;
  /** A run that was on is paused. */
  readonly status: "idle" | "paused" | "done";
  readonly stopReason: StopReason | null;
  readonly history: readonly EpochMetrics[];
  readonly seconds: number;
  /** Accuracy of the model in use on the validation rows; NaN without one. */
  readonly accuracy: number;
  /** As {@link Run.opened}. */
  readonly opened: ModelEvaluation | null;
  /** Name of the file that the model in use came from. */
  readonly modelFile: string | null;
  /** As {@link Session.minProbability}. */
  readonly minProbability: number;
  /** As {@link Session.threshold}. */
  readonly threshold: Threshold | null;
}

const STATUSES = ["idle", "paused", "done"] as const satisfies readonly RunRecord["status"][];
const REASONS = [
  ...["epochs", "early", "tolerance", "iterations", "time", "precision"],
] as readonly StopReason[];

/** Reads a record that may be damaged. JSON has null for NaN. @throws FormatError */
export function readRun(json: unknown, place: string): RunRecord {
  const fields = new Fields(json, `${place}: run`);
  const choices = choicesIn(fields.get("choices"));
  if (!choices) fail(fields.place("choices"), "options that this page has");
  const status = STATUSES.find((one) => one === fields.get("status"));
  if (!status) fail(fields.place("status"), `one of ${STATUSES.join(", ")}`);
  return {
    choices,
    status,
    stopReason: REASONS.find((one) => one === fields.get("stopReason")) ?? null,
    history: historyIn(fields),
    seconds: Math.max(0, figureIn(fields, "seconds")),
    accuracy: figureIn(fields, "accuracy"),
    opened: fields.isNull("opened") ? null : evaluationIn(fields.fields("opened")),
    modelFile: fields.isNull("modelFile") ? null : fields.text("modelFile"),
    minProbability: probabilityIn(fields, "minProbability"),
    threshold: fields.isNull("threshold") ? null : thresholdIn(fields.fields("threshold")),
  };
}

function thresholdIn(fields: Fields): Threshold {
  return { positive: fields.label("positive"), probability: probabilityIn(fields, "probability") };
}

function probabilityIn(fields: Fields, name: string): number {
  const probability = fields.number(name);
  if (!(probability >= 0 && probability <= 1)) fail(fields.place(name), "a number from 0 to 1");
  return probability;
}

/** Reads the epochs, whose numbers ascend. */
function historyIn(fields: Fields): EpochMetrics[] {
  let before = 0;
  return fields.list("history").map((json) => {
    const epoch = new Fields(json, fields.place("history"));
    const index = epoch.count("index");
    if (index <= before) fail(epoch.place("index"), `more than ${before}`);
    before = index;
    return {
      index,
      loss: figureIn(epoch, "loss"),
      accuracy: figureIn(epoch, "accuracy"),
      validationLoss: figureIn(epoch, "validationLoss"),
      validationAccuracy: figureIn(epoch, "validationAccuracy"),
    };
  });
}

function evaluationIn(fields: Fields): ModelEvaluation {
  return {
    objective: figureIn(fields, "objective"),
    loss: figureIn(fields, "loss"),
    accuracy: figureIn(fields, "accuracy"),
  };
}

function figureIn(fields: Fields, name: string): number {
  const value = fields.get(name);
  if (value === null || Number.isNaN(value)) return Number.NaN;
  return fields.number(name);
}
