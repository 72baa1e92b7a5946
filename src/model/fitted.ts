/** What a model knows once it is fitted, and how that is applied. */
import type { Learnt } from "../checks.ts";
import type { Standardization } from "../data/standardization.ts";
import type { Parameters } from "../objective.ts";
import { fold } from "./folding.ts";

/** A fitted model: probabilities = softmax((W x̂ + b) / temperature), x̂ standardised where it was in training. */
export interface Fitted extends Learnt {
  readonly parameters: Parameters;
  readonly standardization: Standardization | undefined;
  readonly temperature: number;
  /** λ and λ₁ that the parameters were fitted with. */
  readonly l2: number;
  readonly l1: number;
}

/** Parameters whose scores are divided by the temperature. */
export function tempered({ parameters: { weights, bias }, temperature }: Fitted): Parameters {
  if (temperature === 1) return { weights, bias };
  return { weights: weights.map((w) => w / temperature), bias: bias.map((b) => b / temperature) };
}

/** W and b for rows as they come: a standardisation is folded in. */
export function folded({ parameters, standardization }: Fitted): Parameters {
  return fold(parameters, standardization);
}
