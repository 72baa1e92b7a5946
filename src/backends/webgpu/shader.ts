/**
 * Shaders as text: what the build reads from a `.wgsl` file (the values come from `import x from "….wgsl"`), and how
 * that text is specialised for one problem before it is compiled. The module-scope `const`s get the problem's values,
 * and loops marked `// unroll` are written out with the counter as a literal, because drivers neither unroll them nor
 * keep arrays in registers that a variable indexes. Text in, text out; no device.
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

/** Values for the constants of a shader. Constants not named keep the defaults in the file. */
export type Constants = Readonly<Record<string, number | boolean>>;

/**
 * Returns the code of `shader` with `constants` set and marked loops unrolled.
 *
 * @throws RangeError  a constant that the shader does not have, or of another type, or out of range; a marked loop of
 *   another form
 */
export function specialise(shader: Shader, constants: Constants): string {
  const values = { ...shader.constants, ...constants };
  let code = shader.code;
  for (const [name, value] of Object.entries(constants)) {
    if (typeof value !== typeof shader.constants[name]) {
      throw new RangeError(`${shader.name}.wgsl has no ${typeof value} constant ${name}`);
    }
    if (typeof value === "number" && !(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) {
      throw new RangeError(`${shader.name}.wgsl: expected a u32 for ${name}, got ${value}`);
    }
    const literal = typeof value === "number" ? `${value}u` : String(value);
    code = code.replace(new RegExp(`^(const ${name}: (?:u32|bool) = )[^;]+;`, "m"), `$1${literal};`);
  }
  return unroll(code, values);
}

// for (var NAME = 0u; NAME < BOUND; NAME++) { // unroll
const MARKED_LOOP = /for \(var ([A-Za-z_]\w*) = 0u; \1 < (\w+); \1\+\+\) \{ \/\/ unroll\n/;

function unroll(code: string, values: Constants): string {
  const loop = MARKED_LOOP.exec(code);
  if (!loop) {
    if (code.includes("// unroll"))
      throw new RangeError("a loop marked // unroll must read: for (var NAME = 0u; NAME < BOUND; NAME++) {");
    return code;
  }
  const [head, counter, bound] = loop;
  const trips = /^\d+u$/.test(bound) ? Number.parseInt(bound, 10) : values[bound];
  if (typeof trips !== "number")
    throw new RangeError(
      `the bound ${bound} of a loop marked // unroll must be a literal or a literal constant`,
    );
  const bodyStart = loop.index + head.length;
  const bodyEnd = closingBrace(code, bodyStart);
  const body = code.slice(bodyStart, bodyEnd);
  const copies = Array.from(
    { length: trips },
    (_, i) => `{\n${body.replace(new RegExp(`\\b${counter}\\b`, "g"), `${i}u`)}}`,
  );
  return unroll(code.slice(0, loop.index) + copies.join("\n") + code.slice(bodyEnd + 1), values);
}

function closingBrace(code: string, from: number): number {
  let depth = 1;
  for (let i = from; i < code.length; i++) {
    if (code[i] === "{") depth++;
    if (code[i] === "}" && --depth === 0) return i;
  }
  throw new RangeError("a loop marked // unroll has no closing brace");
}
