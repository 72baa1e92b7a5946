/** The kernels as one module over an imported memory. Sizes and addresses are the host's business. */

export { adamw } from "./adamw";
export { average } from "./average";
export { multiplyAddCeiling } from "./ceiling";
export { gather } from "./gather";
export { biasGradient, gradient } from "./gradient";
export { matmul } from "./matmul";
export { outcomes } from "./outcomes";
export { sgd } from "./sgd";
export { shrink } from "./shrink";
export { softmax } from "./softmax";
