/** Shaders as text: constants and unrolled loops, and the manifest the build reads from every `.wgsl` file. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
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
import step from "../../shaders/step.wgsl";
import { reflectShader } from "../../shaders/vite-plugin-wgsl.ts";
import type { WebGpuDataset } from "../../src/backends/webgpu/dataset.ts";
import type { Operation } from "../../src/backends/webgpu/dispatches.ts";
import { defaultPlan, type StepPlan } from "../../src/backends/webgpu/plan.ts";
import type { Shader } from "../../src/backends/webgpu/shader.ts";
import { type Constants, specialise } from "../../src/backends/webgpu/specialise.ts";
import { Workspace, type WorkspaceOwner } from "../../src/backends/webgpu/workspace.ts";

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
  step,
  sgd,
  adamw,
  average,
  outcomes,
];

const ENTRY = "@compute @workgroup_size(1)\nfn main() {}\n";

function toy(body: string, constants: Shader["constants"] = {}): Shader {
  return { name: "toy", entryPoint: "main", code: body, constants, bindings: [] };
}

/** The lines of `code` that do something: no braces alone, no indentation. */
function statements(code: string): string[] {
  return code
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^[{}]*$/.test(line));
}

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

describe("constants", () => {
  const code = [
    "fn before() { const SIZE: u32 = 3u; const FLAG: bool = true; }",
    "const SIZE4: u32 = 7u;",
    "const SIZE: u32 = 3u;   // K",
    "const FLAG: bool = true;",
    "const DOUBLE: u32 = SIZE * 2u;",
    "const LOWEST: f32 = -3.4e38;",
    "fn main() { const SIZE: u32 = 3u; let FLAG = false; }",
  ];
  const shader = toy(code.join("\n"), { SIZE: 3, SIZE4: 7, FLAG: true });

  test.each([0, 5, 10, 12, 255, 4_294_967_295])("u32 %i", (value) => {
    const lines = specialise(shader, { SIZE: value }).split("\n");
    expect(lines).toEqual(code.with(2, `const SIZE: u32 = ${value}u;   // K`));
  });

  test("bool", () => {
    const lines = specialise(shader, { FLAG: false }).split("\n");
    expect(lines).toEqual(code.with(3, "const FLAG: bool = false;"));
    expect(specialise(shader, { FLAG: true })).toBe(shader.code);
  });

  test("several at once; those not named keep the file's values", () => {
    const lines = specialise(shader, { SIZE4: 1, FLAG: false, SIZE: 20 }).split("\n");
    expect(lines.slice(1, 4)).toEqual([
      "const SIZE4: u32 = 1u;",
      "const SIZE: u32 = 20u;   // K",
      "const FLAG: bool = false;",
    ]);
    expect(specialise(shader, {})).toBe(shader.code);
  });

  test("leave the shader itself as it was", () => {
    specialise(shader, { SIZE: 9, FLAG: false });
    expect(shader.code).toBe(code.join("\n"));
    expect(shader.constants).toEqual({ SIZE: 3, SIZE4: 7, FLAG: true });
  });

  test.each<[string, Constants, string]>([
    ["unknown", { WIDTH: 1 }, "toy.wgsl has no number constant WIDTH"],
    ["unknown, in another case", { size: 1 }, "toy.wgsl has no number constant size"],
    ["derived from others", { DOUBLE: 6 }, "toy.wgsl has no number constant DOUBLE"],
    ["a name every object has", { toString: 1 }, "toy.wgsl has no number constant toString"],
    ["a number for a bool", { FLAG: 1 }, "toy.wgsl has no number constant FLAG"],
    ["a bool for a number", { SIZE: true }, "toy.wgsl has no boolean constant SIZE"],
    ["one bad among good", { SIZE: 1, FLAG: false, WIDTH: true }, "toy.wgsl has no boolean constant WIDTH"],
  ])("refused: %s", (_what, constants, message) => {
    expect(() => specialise(shader, constants)).toThrow(new RangeError(message));
  });
});

test.each([1.5, -1, 2 ** 32, Number.NaN])("a constant of %d is no u32", (value) => {
  const code = "const SIZE: u32 = 2u;\n";
  expect(() => specialise(toy(code, { SIZE: 2 }), { SIZE: value })).toThrow(RangeError);
});

describe("marked loops", () => {
  const loop = (counter: string, bound: string, ...body: string[]) =>
    [`for (var ${counter} = 0u; ${counter} < ${bound}; ${counter}++) { // unroll`, ...body, "}"].join("\n");

  test("bound by a literal, the counter written as one; what is around them stays", () => {
    const code = `before();\n${loop("i", "3u", "  x[i] = i * y[i + 1u];")}\nafter();\n`;
    expect(specialise(toy(code), {})).toBe(
      [
        "before();",
        "{",
        "  x[0u] = 0u * y[0u + 1u];",
        "}",
        "{",
        "  x[1u] = 1u * y[1u + 1u];",
        "}",
        "{",
        "  x[2u] = 2u * y[2u + 1u];",
        "}",
        "after();",
        "",
      ].join("\n"),
    );
  });

  test("bound by a constant, at its default or the value it is given", () => {
    const shader = toy(`const SIZE: u32 = 2u;\n${loop("i", "SIZE", "x[i];")}`, { SIZE: 2 });
    expect(statements(specialise(shader, {})).slice(1)).toEqual(["x[0u];", "x[1u];"]);
    expect(statements(specialise(shader, { SIZE: 3 })).slice(1)).toEqual(["x[0u];", "x[1u];", "x[2u];"]);
    expect(statements(specialise(shader, { SIZE: 0 })).slice(1)).toEqual([]);
  });

  test("within each other", () => {
    const code = loop("c", "2u", "let w = weights[c];", loop("r", "3u", "z[r * 2u + c] = w;"), "done[c];");
    const expected = [0, 1].flatMap((c) => [
      `let w = weights[${c}u];`,
      ...[0, 1, 2].map((r) => `z[${r}u * 2u + ${c}u] = w;`),
      `done[${c}u];`,
    ]);
    expect(statements(specialise(toy(code), {}))).toEqual(expected);
  });

  test("one after the other with the same counter", () => {
    const code = `${loop("i", "2u", "a[i];")}\n${loop("i", "1u", "b[i];")}`;
    expect(statements(specialise(toy(code), {}))).toEqual(["a[0u];", "a[1u];", "b[0u];"]);
  });

  test("replace the counter as a whole word only", () => {
    const body = "f + firstFeature + f4 + _f + f_ + half + fma(f,f) + (f)+f";
    const code = loop("f", "1u", body);
    expect(statements(specialise(toy(code), {}))).toEqual([
      "0u + firstFeature + f4 + _f + f_ + half + fma(0u,0u) + (0u)+0u",
    ]);
  });

  test("keep blocks and unmarked loops in them", () => {
    const inner = "for (var d = 0u; d < N; d++) { if (i < d) { z[i] += d; } else { z[d] = i; } }";
    const copies = specialise(toy(`{ ${loop("i", "2u", inner, "if (i > 0u) { stop(i); }")} }`), {});
    expect(statements(copies).filter((line) => line.includes("for"))).toEqual([
      inner.replaceAll(/\bi\b/g, "0u"),
      inner.replaceAll(/\bi\b/g, "1u"),
    ]);
    expect(copies).toContain("if (1u > 0u) { stop(1u); }\n}");
  });

  test("loops without the mark stay as they are", () => {
    const code = "for (var i = 0u; i < 4u; i++) {\n  x[i];\n}\n";
    expect(specialise(toy(code), {})).toBe(code);
  });

  test.each([
    "for (var i = 0u; i < 4u; i += 1u) { // unroll",
    "for (var i = 1u; i < 4u; i++) { // unroll",
    "for (var i = 0u; i <= 3u; i++) { // unroll",
    "for (var i: u32 = 0u; i < 4u; i++) { // unroll",
    "for (var i = 0u; i < 2u * SIZE; i++) { // unroll",
    "for (var i = 0u; i < 4u; j++) { // unroll",
    "for (var i = 0u; i < 4u; i++) { // unroll here",
    "while (i < 4u) { // unroll",
  ])("of another form are refused: %s", (head) => {
    const code = `${head}\n}`;
    const refusal = new RangeError("a loop marked for unrolling is not of the form that can be");
    expect(() => specialise(toy(code, { SIZE: 2 }), {})).toThrow(refusal);
    const behind = `${loop("k", "2u", "x[k];")}\n${code}`;
    expect(() => specialise(toy(behind, { SIZE: 2 }), {})).toThrow(refusal);
    expect(() => specialise(toy(loop("k", "2u", code), { SIZE: 2 }), {})).toThrow(refusal);
  });

  test("inside each other may not share a counter", () => {
    const code = loop("i", "2u", loop("i", "2u", "x[i + 1u];"));
    expect(() => specialise(toy(code), {})).toThrow("not of the form that can be");
  });

  test.each(["DOUBLE", "FLAG", "count", "4"])(
    "are refused with the bound %s, no number known here",
    (bound) => {
      const code = `const FLAG: bool = true;\nconst DOUBLE: u32 = 2u * 2u;\n${loop("i", bound, "x[i];")}`;
      expect(() => specialise(toy(code, { FLAG: true }), {})).toThrow(
        new RangeError(`the bound ${bound} of a marked loop is no literal constant`),
      );
    },
  );

  test("are refused without an end", () => {
    const code = "for (var i = 0u; i < 4u; i++) { // unroll\n  if (i > 0u) { x[i]; }\n";
    expect(() => specialise(toy(code), {})).toThrow(
      new RangeError("a loop marked for unrolling has no closing brace"),
    );
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
    ].map(([name, type], i) => ({ name, type, offset: 4 * i }));
    for (const { bindings } of ENGINE)
      expect(bindings[0]).toEqual({ name: "segment", binding: 0, type: "uniform", size: 72, fields });
  });

  test.each([
    [matmul, ["logits"]],
    [softmax, ["logits", "losses"]],
    [forward, ["logits", "losses"]],
    [forwardQuad, ["logits", "losses"]],
    [gradient, ["partials"]],
    [gradientQuad, ["partials"]],
    [scoresShared, ["logits", "statistics"]],
    [gradientShared, ["partials", "losses"]],
    [step, ["partials", "losses"]],
    [sgd, ["weights", "velocity"]],
    [adamw, ["weights", "velocity", "secondMoment"]],
    [average, ["mean"]],
    [outcomes, ["ofRows"]],
  ])("$name writes nothing but what it is for", ({ bindings }, expected) => {
    const writable = bindings.filter(({ type }) => type === "storage").map(({ name }) => name);
    expect(writable).toEqual(expected);
  });
});

describe("a workspace", () => {
  const OPERATIONS: readonly Operation[] = [
    "matmul",
    "softmax",
    "probabilities",
    "forward",
    "gradient",
    "scoresShared",
    "gradientShared",
    "step",
    "sgd",
    "take",
    "adamw",
    "average",
    "outcomes",
  ];

  /** What the kernels in workgroup memory decide for themselves. */
  const OWN_CONSTANTS = ["DEPTH", "DEPTH4", "SIDE", "WORKGROUP_SIZE"];

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** Prepares every operation without a device, and gives what each kernel was made from and bound to. */
  async function prepareAll(software = true) {
    vi.stubGlobal("GPUBufferUsage", { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 });
    const buffersOf = (...names: string[]) => ({
      get: Object.fromEntries(names.map((label) => [label, { label }])),
    });
    const made: { shader: Shader; constants: Constants; bound: Record<string, unknown>[] }[] = [];
    const shape = { features: 6, classes: 21, bias: true };
    const lane = buffersOf("segment", "order", "losses", "readback");
    const owner = {
      gpu: {
        device: {
          limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
          createBuffer: ({ label }: GPUBufferDescriptor) => ({ label }),
        },
        traits: { software },
        accepted: async (_what: string, work: () => unknown) => work(),
      },
      kernels: {
        get: async (shader: Shader, constants: Constants) => {
          const bound: Record<string, unknown>[] = [];
          made.push({ shader, constants, bound });
          return { bind: (buffers: Record<string, unknown>) => bound.push(buffers) };
        },
      },
      shape,
      parameters: {
        buffers: buffersOf("weights", "velocity", "gradient", "secondMoment", "average").get,
      },
      submitter: { lanes: [lane, lane] },
    } as unknown as WorkspaceOwner;
    const data = {
      rows: 100,
      features: 6,
      storage: "u8",
      targetKind: "distributions",
      sampleWeights: new Float32Array(100).fill(1),
      chunks: [{ first: 0, rows: 100, buffers: buffersOf("x", "targets", "sampleWeights") }],
    } as unknown as WebGpuDataset;
    const traits = { software, subgroupSize: 4, maxThreads: 256, maxSharedBytes: 2 ** 15 };
    const plan: StepPlan = { ...defaultPlan(shape, traits), route: "shared" };
    await (await Workspace.create(owner, data, plan)).prepare(OPERATIONS);
    return made;
  }

  test("sets every constant of every kernel, and none that there is not", async () => {
    const common = ["matmul", "softmax", "softmax"];
    const others = ["scores-shared", "gradient-shared", "step", "sgd", "sgd", "adamw", "average", "outcomes"];
    for (const software of [true, false]) {
      const made = await prepareAll(software);
      const fitted = software ? ["forward-quad", "gradient-quad"] : ["forward", "gradient"];
      expect(made.map(({ shader }) => shader.name)).toEqual([...common, ...fitted, ...others]);
      for (const { shader, constants } of made) {
        const own = shader.name.endsWith("shared") ? OWN_CONSTANTS : [];
        const expected = Object.keys(shader.constants).filter((name) => !own.includes(name));
        expect(Object.keys(constants).sort(), shader.name).toEqual(expected.sort());
        expect(() => specialise(shader, constants)).not.toThrow();
      }
    }
  });

  test("has a buffer for every name a kernel binds", async () => {
    for (const { shader, bound } of await prepareAll()) {
      expect(bound, "one bind group per lane and chunk").toHaveLength(2);
      for (const buffers of bound)
        for (const { name } of shader.bindings) expect(buffers[name], `${shader.name}.${name}`).toBeDefined();
    }
  });

  test("takes the gradient out where the velocity would be", async () => {
    const made = await prepareAll();
    const velocityOf = (i: number) => made[i].bound[0].velocity;
    expect(velocityOf(8)).toEqual({ label: "velocity" });
    expect(velocityOf(9)).toEqual({ label: "gradient" });
  });
});

describe("the manifest", () => {
  test("holds bindings in order, with access and the uniform's layout", () => {
    const code = `struct Record { first: u32, scale: f32 }
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(0) var<uniform> record: Record;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage> y: array<u32>;
${ENTRY}`;
    const fields = [
      { name: "first", offset: 0, type: "u32" },
      { name: "scale", offset: 4, type: "f32" },
    ];
    expect(reflectShader("toy", code)).toEqual({
      name: "toy",
      entryPoint: "main",
      code,
      constants: {},
      bindings: [
        { name: "record", binding: 0, type: "uniform", size: 8, fields },
        { name: "x", binding: 1, type: "read-only-storage", size: 0, fields: [] },
        { name: "out", binding: 2, type: "storage", size: 0, fields: [] },
        { name: "y", binding: 3, type: "read-only-storage", size: 0, fields: [] },
      ],
    });
  });

  test("holds the literal constants of the module, of the types that can be set", () => {
    const code = `const A: u32 = 12u;   // a comment
const B: bool = true;
const C: bool = false;
const DERIVED: u32 = A * 2u;
const REAL: f32 = 1.5;
const SIGNED: i32 = 3;
@compute @workgroup_size(1)
fn main() {
  const INSIDE: u32 = 4u;
}
`;
    expect(reflectShader("toy", code).constants).toEqual({ A: 12, B: true, C: false });
  });

  test.each([
    [
      "two entry points",
      `${ENTRY}${ENTRY.replace("main", "other")}`,
      "toy.wgsl: expected exactly one compute",
    ],
    ["no entry point", "fn main() {}\n", "toy.wgsl: expected exactly one compute entry point"],
    [
      "a second bind group",
      `@group(0) @binding(0) var<storage> x: array<u32>;
@group(1) @binding(0) var<storage> y: array<u32>;
${ENTRY}`,
      "toy.wgsl: only group 0 is used",
    ],
    [
      "another bind group",
      `@group(1) @binding(0) var<storage> y: array<u32>;\n${ENTRY}`,
      "only group 0 is used",
    ],
    ["a texture", `@group(0) @binding(0) var image: texture_2d<f32>;\n${ENTRY}`, "image: only buffers"],
    [
      "a storage texture",
      `@group(0) @binding(0) var image: texture_storage_2d<rgba8unorm, write>;\n${ENTRY}`,
      "image: only buffers",
    ],
    ["a sampler", `@group(0) @binding(0) var nearest: sampler;\n${ENTRY}`, "nearest: only buffers"],
    [
      "a uniform that is no struct",
      `@group(0) @binding(0) var<uniform> n: u32;\n${ENTRY}`,
      "n: a uniform must be",
    ],
    [
      "a uniform with a vector",
      `struct Record { n: u32, v: vec4f }\n@group(0) @binding(0) var<uniform> record: Record;\n${ENTRY}`,
      "record.v: u32 and f32 fields only",
    ],
    [
      "two buffers at one binding",
      `@group(0) @binding(0) var<storage> a: array<u32>;\n@group(0) @binding(0) var<storage> b: array<u32>;\n${ENTRY}`,
      "toy.wgsl: two buffers share a binding",
    ],
    ["a text that is no shader", `fn (\n${ENTRY}`, "toy.wgsl: Expected function name.. Line: 1"],
  ])("is refused for %s", (_what, code, words) => {
    expect(() => reflectShader("toy", code)).toThrow(words);
  });
});
