/** Imports that the build makes: the compiled kernels, in base64, and the text of the worker. */
declare module "*?wasm=simd" {
  const base64: string;
  export default base64;
}
declare module "*?wasm=relaxed-simd" {
  const base64: string;
  export default base64;
}
declare module "*?worker-code" {
  const code: string;
  export default code;
}
