/** The kernels behind matrices.ts as one module over an imported memory, in which the host chooses all addresses. */

export { choleskyPanel, choleskySolve } from "./cholesky";
export { descend, product, takeMoves } from "./descent";
