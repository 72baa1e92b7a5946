/** The kernels as one module over an imported memory. Sizes and addresses are the host's business. */

export { multiplyAddCeiling } from "./ceiling";
export { gather } from "./gather";
export { biasGradient, gradient } from "./gradient";
export { matmul } from "./matmul";
export { sgd } from "./sgd";
export { softmax } from "./softmax";
