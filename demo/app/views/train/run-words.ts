/** A run in words and figures, as the view says them. Text only. */
import type { StopReason } from "../../../../src/index.ts";
import type { Round, Status } from "../../state/session.ts";

/** A loss with four decimals; a dash where there is none. */
export function lossText(loss: number | undefined): string {
  return loss === undefined || !Number.isFinite(loss) ? "–" : loss.toFixed(4);
}

/** What a solver's rounds are called. */
export function unitOf(solver: string): "epoch" | "iteration" {
  return solver === "lbfgs" ? "iteration" : "epoch";
}

/** Where a run stands. */
export interface Standing {
  readonly status: Status;
  readonly latest: Round | undefined;
  readonly unit: "epoch" | "iteration";
  /** Rounds that are to be trained. */
  readonly planned: number;
  readonly stopReason: StopReason | null;
}

/** The same in a sentence. */
export function statusText({ status, latest, unit, planned, stopReason }: Standing): string {
  const place = latest ? `${unit} ${latest.index} of ${planned}` : "";
  switch (status) {
    case "idle":
      return "Ready to start.";
    case "training":
      return place ? `Training: ${place}.` : "Starting: rows go to the device …";
    case "paused":
      return place ? `Paused after ${place}.` : "Paused.";
    case "done":
      return latest
        ? `Done after ${unit} ${latest.index}${endText(stopReason)}.`
        : "Done: a model that was trained before.";
    case "failed":
      return "Stopped by an error; the message above says which.";
  }
}

function endText(stopReason: StopReason | null): string {
  if (stopReason === "tolerance") return ": the optimum, where the gradient is as good as 0";
  if (stopReason === "iterations") return ": the limit, and not yet the optimum";
  if (stopReason === "precision") return ": the optimum, as near as the device’s rounding allows";
  return "";
}

/** Why a device was taken, from what the library says of it; what it advises a caller to do is nothing for a reader. */
export function reasonText(reason: string): string {
  if (reason === "asked for by name") return "Chosen in the options";
  const automatic = reason.replace(/^auto: (device: )?/, "Chosen automatically: ").replace(/;.*$/, "");
  return automatic[0].toUpperCase() + automatic.slice(1);
}
