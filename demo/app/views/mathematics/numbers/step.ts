/** One step of gradient descent on a single sample: W ← W − η ((p − y) xᵀ + 2λW), b ← b − η (p − y). */
import { gradient } from "../../../../../src/backends/reference/operations.ts";
import { type Parameters, penalty } from "../../../../../src/objective.ts";
import { numbersOf, type Sample, type SampleNumbers } from "./sample-numbers.ts";

/** How the step is taken. */
export interface StepSettings {
  readonly learningRate: number;
  /** λ */
  readonly l2: number;
  /** ε */
  readonly labelSmoothing: number;
}

/** What a step changes. */
export interface Step {
  /** G `[K,D]` and g_b `[K]`, of L + λ‖W‖². */
  readonly gradient: Parameters;
  readonly parameters: Parameters;
  readonly after: SampleNumbers;
  /** L + λ‖W‖² before and after. */
  readonly objective: readonly [before: number, after: number];
}

/** Takes the step. */
export function stepOf(
  sample: Sample,
  before: Parameters,
  numbers: SampleNumbers,
  { learningRate, l2, labelSmoothing }: StepSettings,
): Step {
  const g = gradient(numbers.error, sample.x, [0], before, l2);
  const parameters = {
    weights: moved(before.weights, g.weights, learningRate),
    bias: moved(before.bias, g.bias, learningRate),
  };
  const after = numbersOf(sample, parameters, labelSmoothing);
  return {
    gradient: g,
    parameters,
    after,
    objective: [numbers.loss + penalty(before, l2), after.loss + penalty(parameters, l2)],
  };
}

/** θ − ηg. The slider asks for it many times a second, of all parameters there are. */
function moved(values: Float64Array, gradients: Float64Array, learningRate: number): Float64Array {
  const after = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) after[at] = values[at] - learningRate * gradients[at];
  return after;
}
