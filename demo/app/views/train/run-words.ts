/** The state of a run as text. */
import type { StopReason } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import type { Status } from "../../state/run.ts";
import type { EpochMetrics } from "../../state/run-records.ts";

export interface RunProgress {
  readonly status: Status;
  readonly latest: EpochMetrics | undefined;
  readonly unit: "epoch" | "iteration";
  /** Epochs or iterations that are to be trained. */
  readonly planned: number;
  readonly stopReason: StopReason | null;
}

export function statusText({ status, latest, unit, planned, stopReason }: RunProgress): string {
  const place = latest ? `${unit} ${formatCount(latest.index)} of ${formatCount(planned)}` : "";
  switch (status) {
    case "idle":
      return "Ready to start.";
    case "training":
      return place ? `Training: ${place}.` : "Starting: uploading rows to the device …";
    case "paused":
      return place ? `Paused after ${place}.` : "Paused.";
    case "done":
      return latest
        ? `Done after ${unit} ${formatCount(latest.index)}${endText(stopReason)}.`
        : "Done: a model that was trained before.";
    case "failed":
      return "Stopped by an error; the message above says which.";
  }
}

function endText(stopReason: StopReason | null): string {
  if (stopReason === "tolerance") return ": the optimum, with a gradient of almost 0";
  if (stopReason === "iterations") return ": the limit, before the optimum";
  if (stopReason === "precision") return ": the optimum, as near as the device’s rounding allows";
  return "";
}

/** Returns why a device was chosen, from the library's text, without its advice to developers. */
export function reasonText(reason: string): string {
  if (reason === "asked for by name") return "Chosen in the options";
  const automatic = reason.replace(/^auto: (device: )?/, "Chosen automatically: ").replace(/;.*$/, "");
  return automatic[0].toUpperCase() + automatic.slice(1);
}
