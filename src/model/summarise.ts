/** From what a device counts to what users read. */
import type { Evaluation } from "../backends/backend.ts";
import type { ModelEvaluation } from "../fit-options.ts";
import { type Parameters, penalty } from "../objective.ts";
import type { ResolvedOptions } from "../options.ts";

/** Objective, loss and accuracy of the rows of weight above 0, of which there are `countedRows`. */
export function summarise(
  { loss, correct }: Evaluation,
  countedRows: number,
  parameters: Parameters,
  { l2, l1 }: Pick<ResolvedOptions, "l2" | "l1">,
): ModelEvaluation {
  return { objective: loss + penalty(parameters, l2, l1), loss, accuracy: correct / countedRows };
}
