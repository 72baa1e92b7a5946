/** Entry `softmax-webgpu`: the estimator, its errors, data readers and learning-rate schedules. */
export type { DeviceInfo, DeviceKind, TuningReport } from "./backends/backend.ts";
export type { DeviceOption } from "./backends/open-backend.ts";
export type { Tuning, TuningCache } from "./backends/webgpu/choose-plan.ts";
export type { StepPlan } from "./backends/webgpu/plan.ts";
export type { ByteSource } from "./data/byte-source.ts";
export { type IdxImages, readIdxImages, readIdxLabels, readIdxPair } from "./data/idx.ts";
export type { Label, Labels, LabelsLike } from "./data/labels.ts";
export type { Matrix, MatrixData, MatrixLike } from "./data/matrix.ts";
export type { Storage } from "./data/storage.ts";
export { type StrokeDigitImages, type StrokeDigitsOptions, strokeDigits } from "./data/stroke-digits.ts";
export * from "./errors.ts";
export type { EpochRecord, FitHistory, FitOptions, FitProgress, ModelEvaluation } from "./fit-options.ts";
export type { SoftmaxRegressionOptions } from "./options.ts";
export { SoftmaxRegression } from "./softmax-regression.ts";
export * from "./solvers/schedules.ts";
