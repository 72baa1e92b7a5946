/** Rows as the reference keeps them: the caller's own arrays, not copied. */
import type { Dataset, DatasetSource } from "../backend.ts";

/** {@link Dataset} of the reference. */
export interface ReferenceDataset extends Dataset, DatasetSource {}
