/** The kernels as one module over an imported memory, in which the host chooses all addresses. */

export { gather } from "./gather";
export { biasGradient, gradient } from "./gradient";
export { matmul } from "./matmul";
export { moments } from "./moments";
export { advance, alongDirection, curvature, invert, keepRows, ownCurvature, turn } from "./newton";
export { outcomes } from "./outcomes";
export { softmax } from "./softmax";
export { sparseGradient, sparseMatmul } from "./sparse";
export { adamw, addPartial, average, sgd, softThreshold } from "./update";
