/** Loads sparse-sums.ts with the first sparse rows, since most pages have none. */
import { loaded } from "../loaded.ts";

/** Loads what goes over the values of sparse rows. @throws LoadError */
export function sparseSums(): Promise<typeof import("./sparse-sums.ts")> {
  return loaded(import("./sparse-sums.ts"), "sparse rows");
}
