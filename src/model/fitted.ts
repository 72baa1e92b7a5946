/** What a model knows once it is fitted, and how that is applied. */
import type { Learnt } from "../checks.ts";
import { fold, type Standardization } from "../data/standardization.ts";
import type { Parameters } from "../objective.ts";

/** A fitted model: probabilities = softmax((W x̂ + b) / temperature), x̂ standardised where it was in training. */
export interface Fitted extends Learnt {
  readonly parameters: Parameters;
  readonly standardization: Standardization | undefined;
  /**
   * How rows went to the device in training, if otherwise than the model's mathematics says: the model is applied to
   * rows in the same way, so that float32 loses no more of them then than in training.
   */
  readonly conditioning: Standardization | undefined;
  readonly temperature: number;
  /** λ and λ₁ that the parameters were fitted with. */
  readonly l2: number;
  readonly l1: number;
}

/** Returns the parameters with their scores divided by the temperature. */
export function tempered({
  parameters,
  temperature,
}: Pick<Fitted, "parameters" | "temperature">): Parameters {
  if (temperature === 1) return parameters;
  const { weights, bias } = parameters;
  return { weights: weights.map((w) => w / temperature), bias: bias.map((b) => b / temperature) };
}

/** W and b for rows as they come: a standardisation is folded in. */
export function folded({ parameters, standardization }: Fitted): Parameters {
  return fold(parameters, standardization);
}
