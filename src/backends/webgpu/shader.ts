/**
 * What the build reads from a `.wgsl` file: its code and a manifest of what the code declares. Types only;
 * the values come from `import x from "….wgsl"`.
 */

/** A field of a uniform struct, by the shader's own layout. Offset in bytes. */
export interface UniformField {
  readonly name: string;
  readonly offset: number;
  readonly type: "u32" | "f32";
}

/** A buffer the shader binds in group 0. `size` in bytes of a uniform; 0 for arrays sized at run time. */
export interface BindingLayout {
  readonly name: string;
  readonly binding: number;
  readonly type: "uniform" | "read-only-storage" | "storage";
  readonly size: number;
  readonly fields: readonly UniformField[];
}

/** One `.wgsl` file. */
export interface Shader {
  readonly name: string;
  readonly entryPoint: string;
  readonly code: string;
  /** Literal module-scope constants and their defaults. */
  readonly constants: Readonly<Record<string, number | boolean>>;
  readonly bindings: readonly BindingLayout[];
}
