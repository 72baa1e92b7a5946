/** The kernels as one module over an imported memory, in which the host chooses all addresses. */

export { gather } from "./gather";
export { biasGradient, gradient } from "./gradient";
export { matmul } from "./matmul";
export { moments } from "./moments";
export { outcomes } from "./outcomes";
export { softmax } from "./softmax";
export { adamw, average, sgd, softThreshold } from "./update";
