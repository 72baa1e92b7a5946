/** The one class each row is counted under, whatever form its target has. */
import type { Targets } from "../data/targets.ts";
import { DataError } from "../errors.ts";

/**
 * The position of each row's class, `[N]`: its label, or the likeliest class of its distribution; ties go to the
 * lowest.
 *
 * @throws DataError rows without targets
 */
export function targetClasses(targets: Targets): Uint32Array {
  if (targets.kind === "labels") return targets.labels;
  if (targets.kind === "none") throw new DataError("y", "expected a label or a distribution for each row");
  const { data, rows, cols } = targets.distributions;
  const likeliest = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    for (let k = 1; k < cols; k++) if (data[start + k] > data[start + likeliest[i]]) likeliest[i] = k;
  }
  return likeliest;
}
