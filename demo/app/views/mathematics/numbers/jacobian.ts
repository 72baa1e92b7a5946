/** The derivative of softmax, and the chain rule through it. */

/** ∂p_i/∂z_j: p_i (1 − p_i) if i = j, −p_i p_j if not. */
export function jacobian(probabilities: ArrayLike<number>, i: number, j: number): number {
  const [pi, pj] = [probabilities[i], probabilities[j]];
  return i === j ? pi * (1 - pi) : -pi * pj;
}

/**
 * ∂L/∂z_j = Σ_i −(y_i / p_i) ∂p_i/∂z_j for each j of `classes`, term by term; NaN if a p_i that counts has become 0.
 * All K of them would take K² terms.
 */
export function throughJacobian(
  probabilities: ArrayLike<number>,
  target: ArrayLike<number>,
  classes: readonly number[],
): Float64Array {
  const derivative = new Float64Array(classes.length);
  for (let i = 0; i < probabilities.length; i++) {
    if (target[i] === 0) continue;
    const factor = target[i] / probabilities[i];
    for (const [n, j] of classes.entries()) derivative[n] -= factor * jacobian(probabilities, i, j);
  }
  return derivative;
}
