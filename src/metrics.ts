/** Figures about predictions, computed on the host from scores. */

/** The position of the highest score of each row of `scores [N,K]`; ties go to the lowest. */
export function argmaxRows(scores: Float32Array, classes: number): Uint32Array {
  const best = new Uint32Array(scores.length / classes);
  for (let i = 0; i < best.length; i++) {
    const start = i * classes;
    for (let k = 1; k < classes; k++) if (scores[start + k] > scores[start + best[i]]) best[i] = k;
  }
  return best;
}
