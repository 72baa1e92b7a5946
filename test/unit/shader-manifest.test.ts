/** The manifest that the build reads from the linked text of every shader. */
import { describe, expect, test } from "vitest";
import { reflectShader } from "../../shaders/vite-plugin-wgsl.ts";

const ENTRY = "@compute @workgroup_size(1)\nfn main() {}\n";

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
