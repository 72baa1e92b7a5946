/** `.wgsl` files as modules; the build makes them. */
declare module "*.wgsl" {
  const shader: import("./shader.ts").Shader;
  export default shader;
}
