/** Every shader as it stands: what repeats is the same, unrolled it is still one, and it writes what it is for. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import adamw from "../../shaders/adamw.wgsl";
import average from "../../shaders/average.wgsl";
import forward from "../../shaders/forward.wgsl";
import forwardQuad from "../../shaders/forward-quad.wgsl";
import gradient from "../../shaders/gradient.wgsl";
import gradientQuad from "../../shaders/gradient-quad.wgsl";
import gradientShared from "../../shaders/gradient-shared.wgsl";
import matmul from "../../shaders/matmul.wgsl";
import outcomes from "../../shaders/outcomes.wgsl";
import scoresShared from "../../shaders/scores-shared.wgsl";
import sgd from "../../shaders/sgd.wgsl";
import softmax from "../../shaders/softmax.wgsl";
import { reflectShader } from "../../shaders/vite-plugin-wgsl.ts";
import { type Constants, type Shader, specialise } from "../../src/backends/webgpu/shader.ts";

const FOLDER = new URL("../../shaders/", import.meta.url);
const SHADERS: readonly Shader[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".wgsl"))
  .map((file) => reflectShader(basename(file, ".wgsl"), readFileSync(new URL(file, FOLDER), "utf8")));

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

describe("functions that several shaders repeat, so that each can be read alone", () => {
  const copies = SHADERS.flatMap(({ name, code }) =>
    [...code.matchAll(/^(fn \w+\([^)]*\)[^{]*)\{\n[\s\S]*?^\}\n/gm)].map(([text, head]) => ({
      name,
      head,
      text,
    })),
  );
  const byHead = new Map<string, typeof copies>();
  for (const copy of copies) byHead.set(copy.head, [...(byHead.get(copy.head) ?? []), copy]);
  const repeated = [...byHead].filter(([, { length }]) => length > 1);

  test("are found", () => {
    expect(repeated.map(([head]) => head)).toContain("fn rowAt(position: u32) -> u32 ");
  });

  test.each(repeated)("%s is the same text everywhere", (_, [first, ...others]) => {
    for (const { name, text } of others) expect(text, `${name} and ${first.name}`).toBe(first.text);
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
