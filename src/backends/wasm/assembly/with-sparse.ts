/** The kernels of index.ts and those for sparse rows, in one module for data sets of such rows. */

export * from "./index";
export { advance, alongDirection, curvature, invert, keepRows, ownCurvature, turn } from "./newton";
export { sparseGradient, sparseMatmul } from "./sparse";
export { addPartial } from "./update";
