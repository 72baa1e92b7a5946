/** A case in words, for a report. */
import { isSparse } from "../../src/data/sparse-matrix.ts";
import { shapeText } from "../measure/text.ts";
import type { DrawnCase } from "./draw-case.ts";

/** Names what a case depends on, for example `"dense 31 × 8 × 11, u8, scaled, labels, weighted, no bias"`. */
export function describeCase(drawn: DrawnCase): string {
  const { kind, storage, bias, maxChunkBytes, lost, steps } = drawn;
  const { x, targets, sampleWeights, labelSmoothing = 0, standardization } = drawn.problem.source;
  const { momentum, nesterov, l1 = 0, averageFrom, batchSize } = steps;
  const update = steps.adamw
    ? "AdamW"
    : `SGD μ ${momentum}${nesterov ? " Nesterov" : ""}${l1 > 0 ? ` λ₁ ${l1}` : ""}`;
  const marks = [
    `${kind} ${shapeText(drawn)}`,
    storage,
    isSparse(x) ? (x.data ? "valued" : "all values 1") : x.scale !== undefined && `scale ${x.scale}`,
    standardization && "standardised",
    targets.kind,
    sampleWeights && "weighted",
    labelSmoothing > 0 && `ε ${labelSmoothing}`,
    !bias && "no bias",
    lost.length > 0 && `lost rows ${lost.join(" and ")}`,
    Number.isFinite(maxChunkBytes) && `chunks of ${maxChunkBytes} bytes`,
    `${update}, batches of ${batchSize}${averageFrom === undefined ? "" : `, average from step ${averageFrom}`}`,
  ];
  return marks.filter(Boolean).join(", ");
}
