/** Work on sparse rows, which the backend loads when it is first needed. */
export { uploadSparse } from "./sparse-dataset.ts";
export { SparseTrainer } from "./sparse-trainer.ts";
