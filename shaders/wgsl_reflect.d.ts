/** The package has types for its CommonJS entry only; Node needs the module entry, which has the same exports. */
declare module "wgsl_reflect/wgsl_reflect.module.js" {
  export * from "wgsl_reflect";
}
