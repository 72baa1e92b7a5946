/** The linked text of every shader: its declarations, its form when unrolled or compacted, and its bindings. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compactShader, linkShader } from "../../shaders/link-wgsl.ts";
import { reflectShader } from "../../shaders/vite-plugin-wgsl.ts";
import { type Constants, type Shader, specialise } from "../../src/backends/webgpu/shader.ts";

const FOLDER = new URL("../../shaders/", import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".wgsl"));
const LIBRARY = readdirSync(new URL("lib/", FOLDER)).map((file) => `lib/${file}`);
const SHADERS: readonly Shader[] = FILES.map((file) =>
  reflectShader(basename(file, ".wgsl"), linkShader(fileURLToPath(new URL(file, FOLDER)))),
);

/** The same shaders as the library imports them. */
const IMPORTED: Readonly<Record<string, Shader>> = import.meta.glob("../../shaders/*.wgsl", {
  eager: true,
  import: "default",
});

/** The buffers that each kernel writes. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  matmul: ["logits"],
  softmax: ["logits", "losses"],
  forward: ["logits", "losses"],
  "forward-quad": ["logits", "losses"],
  "weighted-rows": ["dLogits"],
  gradient: ["partials"],
  "gradient-quad": ["partials"],
  "scores-shared": ["logits"],
  "gradient-shared": ["partials"],
  "sparse-scores": ["logits"],
  "sparse-gradient": ["partials"],
  "clear-gradient": ["partials"],
  curvature: ["logits"],
  sgd: ["weights", "velocity"],
  adamw: ["weights", "velocity", "secondMoment"],
  average: ["mean"],
  outcomes: ["ofRows"],
  "pack-rows": ["packed"],
  "row-norms": ["norms"],
};

/** The kernels that read rows in a caller's buffers, and not a data set. */
const OF_PIECES: readonly string[] = ["pack-rows", "row-norms"];

describe("kernels and library", () => {
  const texts = [...FILES, ...LIBRARY].map(
    (file) => [file, readFileSync(new URL(file, FOLDER), "utf8")] as const,
  );

  test("declare every function and every struct once", () => {
    const declared = texts.flatMap(([file, text]) =>
      [...text.matchAll(/^(fn|struct) (\w+)/gm)].map(([, kind, name]) => ({ file, name: `${kind} ${name}` })),
    );
    expect(declared.map(({ name }) => name)).toContain("fn rowAt");
    for (const { name, file } of declared)
      expect(
        declared.filter((other) => other.name === name),
        file,
      ).toHaveLength(1);
  });

  test.each(LIBRARY)("%s has no binding and no entry point, and some kernel includes it", (file) => {
    expect(texts.find(([name]) => name === file)?.[1]).not.toMatch(/@group|@compute|^enable/m);
    const used: string[] = [];
    for (const shader of FILES) linkShader(fileURLToPath(new URL(shader, FOLDER)), (path) => used.push(path));
    expect(used).toContain(fileURLToPath(new URL(file, FOLDER)));
  });
});

describe.each(SHADERS.map((shader) => [shader.name, shader] as const))("%s.wgsl", (_name, shader) => {
  /** Sets every number constant to `size`, every bool to `flag`. */
  const constantsAt = (size: number, flag: boolean): Constants =>
    Object.fromEntries(
      Object.entries(shader.constants).map(([name, value]) => [
        name,
        typeof value === "number" ? size : flag,
      ]),
    );

  test.each<[string, Constants]>([
    ["at its defaults", {}],
    ["all 1", constantsAt(1, false)],
    ["all 2", constantsAt(2, true)],
    ["all 10", constantsAt(10, true)],
  ])("unrolled, %s: no mark left, balanced braces, the same bindings", (_what, constants) => {
    const code = specialise(shader, constants);
    expect(code).not.toContain("// unroll");
    let depth = 0;
    for (const brace of code.matchAll(/[{}]/g)) {
      depth += brace[0] === "{" ? 1 : -1;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
    const { bindings, entryPoint, constants: read } = reflectShader(shader.name, code);
    expect({ bindings, entryPoint }).toEqual({ bindings: shader.bindings, entryPoint: shader.entryPoint });
    expect(read).toEqual({ ...shader.constants, ...constants });
  });

  test("compacted: the same statements and marks of loops, no comments, no indentation", () => {
    const code = compactShader(shader.code);
    expect(code).not.toMatch(/^\s|\/\/(?! unroll$)|\n\n/m);
    const compact = reflectShader(shader.name, code);
    expect({ ...compact, code: shader.code }).toEqual(shader);
    expect(specialise(compact, {})).toBe(compactShader(specialise(shader, {})));
  });

  test("binds one uniform and no more than eight storage buffers, numbered from 0 without gaps", () => {
    expect(shader.bindings.map(({ binding }) => binding)).toEqual([...shader.bindings.keys()]);
    const storage = shader.bindings.filter(({ type }) => type !== "uniform");
    expect(shader.bindings.length - storage.length).toBe(1);
    // WebGPU's default of maxStorageBuffersPerShaderStage.
    expect(storage.length).toBeLessThanOrEqual(8);
    for (const { size, fields } of storage) expect({ size, fields }).toEqual({ size: 0, fields: [] });
  });

  test("has its entry point under its own name and says how wide its workgroups are", () => {
    expect(shader.entryPoint).toBe(shader.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
    expect(shader.constants.WORKGROUP_SIZE).toBeTypeOf("number");
  });
});

describe("all kernels", () => {
  test("are imported as the plugin reads them", () => {
    const byName = (shaders: readonly Shader[]) => new Map(shaders.map((shader) => [shader.name, shader]));
    expect(byName(Object.values(IMPORTED))).toEqual(byName(SHADERS));
  });

  test.each([
    ["segment", SHADERS.filter(({ name }) => !OF_PIECES.includes(name))],
    ["piece", SHADERS.filter(({ name }) => OF_PIECES.includes(name))],
  ])("read the fields of lib/%s.wgsl, four bytes each, in its order", (record, shaders) => {
    const struct = readFileSync(new URL(`lib/${record}.wgsl`, FOLDER), "utf8");
    const fields = [...struct.matchAll(/^ {2}(\w+): (u32|f32),/gm)].map(([, name, type], i) => ({
      name,
      type,
      offset: 4 * i,
    }));
    expect(fields.length).toBeGreaterThan(0);
    for (const { bindings } of shaders)
      expect(bindings[0]).toEqual({
        name: record,
        binding: 0,
        type: "uniform",
        size: 4 * fields.length,
        fields,
      });
  });

  test("write their results and nothing else", () => {
    const written = SHADERS.map(({ name, bindings }) => [
      name,
      bindings.filter(({ type }) => type === "storage").map((binding) => binding.name),
    ]);
    expect(Object.fromEntries(written)).toEqual(WRITTEN);
  });
});
