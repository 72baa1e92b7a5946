/**
 * Entry `softmax-webgpu`: the estimator, its errors, data readers and learning-rate schedules.
 *
 * @module softmax-webgpu
 */
export type { DeviceInfo, DeviceKind, TuningReport } from "./backends/backend.ts";
export type { DeviceOption } from "./backends/open-backend.ts";
export type { Tuning, TuningCache } from "./backends/webgpu/choose-plan.ts";
export type { ForwardTile, GradientTile, SharedTile, StepPlan, UpdateTile } from "./backends/webgpu/plan.ts";
export type { ByteSource } from "./data/byte-source.ts";
export type { GpuDtype, GpuRows } from "./data/gpu-rows.ts";
export { type IdxImages, readIdxImages, readIdxLabels, readIdxPair } from "./data/idx.ts";
export type { Label, LabelColumn, Labels, LabelsLike } from "./data/labels.ts";
export type { Float16Data, Matrix, MatrixData, MatrixLike, MatrixTensor } from "./data/matrix.ts";
export type { ClassWeight } from "./data/row-weights.ts";
export type { RowsLike } from "./data/rows.ts";
export type { SparseRows } from "./data/sparse-matrix.ts";
export { type SparseRow, sparseRows } from "./data/sparse-rows.ts";
export type { Standardization } from "./data/standardization.ts";
export type { Storage } from "./data/storage.ts";
export * from "./errors.ts";
export { type L2Grid, l2Grid } from "./fit/l2-grid.ts";
export type * from "./fit-options.ts";
export type { SklearnModel } from "./formats/sklearn.ts";
export type {
  CalibrationBin,
  ClassificationReport,
  ClassScores,
  ConfusionMatrix,
  LabelledScores,
} from "./metrics/report.ts";
export type { ModelSource } from "./model/save.ts";
export type { SoftmaxRegressionOptions } from "./options.ts";
export { SoftmaxRegression } from "./softmax-regression.ts";
export * from "./solvers/schedules.ts";
export type { EarlyStopping } from "./solvers/sgd.ts";
