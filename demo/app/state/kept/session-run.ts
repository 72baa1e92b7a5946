/** Makes the records of a session's run, to be kept or saved. */
import { type SoftmaxRegression, StateError } from "../../../../src/index.ts";
import type { Session } from "../session.ts";
import type { RunRecord } from "./run-record.ts";

/** Returns the record of the run as it is now; `hasCandidate` tells whether a model that is not in use is kept too. */
export function runOf(session: Session, hasCandidate: boolean): RunRecord {
  const { run, choices, modelFile, minProbability, threshold } = session;
  const chosen = threshold.peek();
  const inUse = run.inUse.peek();
  // The curves are those of the model in training.
  const isShown = hasCandidate || run.candidate === null;
  const common = {
    choices: choices.peek(),
    accuracy: inUse?.accuracy ?? Number.NaN,
    modelFile: modelFile.peek()?.model === inUse?.model ? (modelFile.peek()?.name ?? null) : null,
    minProbability: minProbability.peek(),
    // A label of an earlier model would not be read again.
    threshold: chosen && inUse?.snapshot.classes.includes(chosen.positive) ? chosen : null,
  };
  if (!inUse || !isShown) {
    return { ...common, status: "idle", stopReason: null, history: [], seconds: 0, opened: null };
  }
  return {
    ...common,
    status: statusOf(run.status.peek()),
    stopReason: run.stopReason.peek(),
    history: run.history.peek(),
    seconds: run.seconds.peek(),
    opened: run.opened.peek(),
  };
}

function statusOf(status: Session["run"]["status"]["value"]): RunRecord["status"] {
  if (status === "training") return "paused";
  return status === "failed" ? "idle" : status;
}

/** Returns the bytes of a model; null without one, or if it has not learnt anything or was disposed of meanwhile. */
export async function fileOf(model: SoftmaxRegression | null): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return model && (await model.toSafetensors());
  } catch (error) {
    if (error instanceof StateError) return null;
    throw error;
  }
}
