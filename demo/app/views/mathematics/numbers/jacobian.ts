/** The derivative of softmax, and the chain rule through it. */

/** ∂p_i/∂z_j `[K,K]`: p_i (1 − p_i) if i = j, −p_i p_j if not. */
export function jacobian(probabilities: ArrayLike<number>): Float64Array {
  const { length } = probabilities;
  return new Float64Array(length * length).map((_, at) => {
    const i = Math.floor(at / length);
    const j = at % length;
    return i === j ? probabilities[i] * (1 - probabilities[i]) : -probabilities[i] * probabilities[j];
  });
}

/** ∂L/∂z_j = Σ_i −(y_i / p_i) ∂p_i/∂z_j, term by term; NaN where a p_i that counts has become 0. */
export function throughJacobian(probabilities: ArrayLike<number>, target: ArrayLike<number>): Float64Array {
  const { length } = probabilities;
  const derivative = jacobian(probabilities);
  return new Float64Array(length).map((_, j) => {
    let sum = 0;
    for (let i = 0; i < length; i++)
      if (target[i] !== 0) sum -= (target[i] / probabilities[i]) * derivative[i * length + j];
    return sum;
  });
}
