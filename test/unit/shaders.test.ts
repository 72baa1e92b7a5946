/** Every shader as it stands: nothing repeats, unrolled it is still one, and it writes what it is for. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import adamw from "../../shaders/adamw.wgsl";
import average from "../../shaders/average.wgsl";
import forward from "../../shaders/forward.wgsl";
import forwardQuad from "../../shaders/forward-quad.wgsl";
import gradient from "../../shaders/gradient.wgsl";
import gradientQuad from "../../shaders/gradient-quad.wgsl";
import gradientShared from "../../shaders/gradient-shared.wgsl";
import { compactShader, linkShader } from "../../shaders/link-wgsl.ts";
import matmul from "../../shaders/matmul.wgsl";
import outcomes from "../../shaders/outcomes.wgsl";
import scoresShared from "../../shaders/scores-shared.wgsl";
import sgd from "../../shaders/sgd.wgsl";
import softmax from "../../shaders/softmax.wgsl";
import { reflectShader } from "../../shaders/vite-plugin-wgsl.ts";
import { type Constants, type Shader, specialise } from "../../src/backends/webgpu/shader.ts";

const FOLDER = new URL("../../shaders/", import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".wgsl"));
const LIBRARY = readdirSync(new URL("lib/", FOLDER)).map((file) => `lib/${file}`);
const SHADERS: readonly Shader[] = FILES.map((file) =>
  reflectShader(basename(file, ".wgsl"), linkShader(fileURLToPath(new URL(file, FOLDER)))),
);

/** The kernels the engine is built from: they share a uniform record. */
const ENGINE = [
  matmul,
  softmax,
  forward,
  forwardQuad,
  gradient,
  gradientQuad,
  scoresShared,
  gradientShared,
  sgd,
  adamw,
  average,
  outcomes,
];

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

  test.each(LIBRARY)("%s holds no binding and no kernel, and some kernel needs it", (file) => {
    expect(texts.find(([name]) => name === file)?.[1]).not.toMatch(/@group|@compute|^enable/m);
    const used: string[] = [];
    for (const shader of FILES) linkShader(fileURLToPath(new URL(shader, FOLDER)), (path) => used.push(path));
    expect(used).toContain(fileURLToPath(new URL(file, FOLDER)));
  });
});

describe.each(SHADERS.map((shader) => [shader.name, shader] as const))("%s.wgsl", (_name, shader) => {
  /** Every number constant at `size`, every bool at `flag`. */
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
  ])(
    "unrolled, %s: no mark left, balanced braces, still a shader with the same bindings",
    (_what, constants) => {
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
    },
  );

  test("compacted, holds the same statements and marks, without comments and indentation", () => {
    const code = compactShader(shader.code);
    expect(code).not.toMatch(/^\s|\/\/(?! unroll$)|\n\n/m);
    const compact = reflectShader(shader.name, code);
    expect({ ...compact, code: shader.code }).toEqual(shader);
    // The mark of a loop is gone once the loop is written out, and the counter is the only name that is replaced.
    expect(specialise(compact, {})).toBe(compactShader(specialise(shader, {})).replaceAll(/^ +/gm, ""));
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

describe("the engine's kernels", () => {
  test("are imported as the plugin reads them", () => {
    expect(ENGINE).toEqual(ENGINE.map(({ name }) => SHADERS.find((shader) => shader.name === name)));
  });

  test("declare the same Segment", () => {
    const fields = [
      ["first", "u32"],
      ["rows", "u32"],
      ["shuffled", "u32"],
      ["lossSlot", "u32"],
      ["scale", "f32"],
      ["splits", "u32"],
      ["accumulate", "u32"],
      ["learningRate", "f32"],
      ["momentum", "f32"],
      ["nesterov", "u32"],
      ["l2", "f32"],
      ["labelSmoothing", "f32"],
      ["l1", "f32"],
      ["gain1", "f32"],
      ["gain2", "f32"],
      ["epsilon", "f32"],
      ["decay", "f32"],
      ["averaged", "u32"],
      ["unit", "f32"],
    ].map(([name, type], i) => ({ name, type, offset: 4 * i }));
    for (const { bindings } of ENGINE)
      expect(bindings[0]).toEqual({ name: "segment", binding: 0, type: "uniform", size: 76, fields });
  });

  test.each([
    [matmul, ["logits"]],
    [softmax, ["logits", "losses"]],
    [forward, ["logits", "losses"]],
    [forwardQuad, ["logits", "losses"]],
    [gradient, ["partials"]],
    [gradientQuad, ["partials"]],
    [scoresShared, ["logits"]],
    [gradientShared, ["partials"]],
    [sgd, ["weights", "velocity"]],
    [adamw, ["weights", "velocity", "secondMoment"]],
    [average, ["mean"]],
    [outcomes, ["ofRows"]],
  ])("$name writes nothing but what it is for", ({ bindings }, expected) => {
    const writable = bindings.filter(({ type }) => type === "storage").map(({ name }) => name);
    expect(writable).toEqual(expected);
  });
});
