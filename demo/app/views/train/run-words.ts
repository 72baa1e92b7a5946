/** A run in words and figures, as the view says them. Text only. */
import type { Round, Status } from "../../state/session.ts";

const PERCENT = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A share as percent with one decimal; a dash where there is none. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined || !Number.isFinite(share)
    ? "–"
    : `${PERCENT.format(100 * share)} %`;
}

/** A loss with four decimals; a dash where there is none. */
export function lossText(loss: number | undefined): string {
  return loss === undefined || !Number.isFinite(loss) ? "–" : loss.toFixed(4);
}

/** What a solver's rounds are called. */
export function unitOf(solver: string): "epoch" | "iteration" {
  return solver === "lbfgs" ? "iteration" : "epoch";
}

/** How it stands, in a sentence. */
export function statusText(status: Status, latest: Round | undefined, unit: string, planned: number): string {
  const place = latest ? `${unit} ${latest.index} of ${planned}` : "";
  switch (status) {
    case "idle":
      return "Ready to start.";
    case "training":
      return place ? `Training: ${place}.` : "Starting: rows go to the device …";
    case "paused":
      return place ? `Paused after ${place}.` : "Paused.";
    case "done":
      return latest ? `Done after ${unit} ${latest.index}.` : "Done: a model that was trained before.";
    case "failed":
      return "Stopped by an error; the message above says which.";
  }
}

/** Why a device was taken, from what the library says of it. */
export function reasonText(reason: string): string {
  const automatic = reason.replace(/^auto: (device: )?/, "Chosen automatically: ");
  return automatic[0].toUpperCase() + automatic.slice(1);
}
