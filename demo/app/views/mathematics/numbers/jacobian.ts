/** The derivative of softmax, and the chain rule through it. */

/** ∂p_i/∂z_j: p_i (1 − p_i) if i = j, −p_i p_j if not. */
export function jacobian(probabilities: ArrayLike<number>, i: number, j: number): number {
  const [pi, pj] = [probabilities[i], probabilities[j]];
  return i === j ? pi * (1 - pi) : -pi * pj;
}

/** ∂L/∂z_j = Σ_i −(y_i / p_i) ∂p_i/∂z_j, term by term; NaN where a p_i that counts has become 0. */
export function throughJacobian(probabilities: ArrayLike<number>, target: ArrayLike<number>): Float64Array {
  const { length } = probabilities;
  const derivative = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    if (target[i] === 0) continue;
    const factor = target[i] / probabilities[i];
    for (let j = 0; j < length; j++) derivative[j] -= factor * jacobian(probabilities, i, j);
  }
  return derivative;
}
