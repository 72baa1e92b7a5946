/** Specialising a shader: constants are set and marked loops unrolled. */
import { describe, expect, test } from "vitest";
import { type Constants, type Shader, specialise } from "../../src/backends/webgpu/shader.ts";

function toy(body: string, constants: Shader["constants"] = {}): Shader {
  return { name: "toy", entryPoint: "main", code: body, constants, bindings: [] };
}

/** Returns the lines of `code` that hold more than braces, without indentation. */
function statements(code: string): string[] {
  return code
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^[{}]*$/.test(line));
}

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

  test("several at once; constants that are not given keep the file's values", () => {
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

  test("bound by a literal: the counter becomes one, and the code around the loop stays", () => {
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

  test("bound by a constant, at its default or a given value", () => {
    const shader = toy(`const SIZE: u32 = 2u;\n${loop("i", "SIZE", "x[i];")}`, { SIZE: 2 });
    expect(statements(specialise(shader, {})).slice(1)).toEqual(["x[0u];", "x[1u];"]);
    expect(statements(specialise(shader, { SIZE: 3 })).slice(1)).toEqual(["x[0u];", "x[1u];", "x[2u];"]);
    expect(statements(specialise(shader, { SIZE: 0 })).slice(1)).toEqual([]);
  });

  test("nested", () => {
    const code = loop("c", "2u", "let w = weights[c];", loop("r", "3u", "z[r * 2u + c] = w;"), "done[c];");
    const expected = [0, 1].flatMap((c) => [
      `let w = weights[${c}u];`,
      ...[0, 1, 2].map((r) => `z[${r}u * 2u + ${c}u] = w;`),
      `done[${c}u];`,
    ]);
    expect(statements(specialise(toy(code), {}))).toEqual(expected);
  });

  test("in sequence, with the same counter", () => {
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
    const refusal = new RangeError(
      "a loop marked // unroll must read: for (var NAME = 0u; NAME < BOUND; NAME++) {",
    );
    expect(() => specialise(toy(code, { SIZE: 2 }), {})).toThrow(refusal);
    const behind = `${loop("k", "2u", "x[k];")}\n${code}`;
    expect(() => specialise(toy(behind, { SIZE: 2 }), {})).toThrow(refusal);
    expect(() => specialise(toy(loop("k", "2u", code), { SIZE: 2 }), {})).toThrow(refusal);
  });

  test("that are nested may not share a counter", () => {
    const code = loop("i", "2u", loop("i", "2u", "x[i + 1u];"));
    expect(() => specialise(toy(code), {})).toThrow("a loop marked // unroll must read");
  });

  test.each(["DOUBLE", "FLAG", "count", "4"])(
    "are refused with the bound %s, which is no known number",
    (bound) => {
      const code = `const FLAG: bool = true;\nconst DOUBLE: u32 = 2u * 2u;\n${loop("i", bound, "x[i];")}`;
      expect(() => specialise(toy(code, { FLAG: true }), {})).toThrow(
        new RangeError(
          `the bound ${bound} of a loop marked // unroll must be a literal or a literal constant`,
        ),
      );
    },
  );

  test("are refused without an end", () => {
    const code = "for (var i = 0u; i < 4u; i++) { // unroll\n  if (i > 0u) { x[i]; }\n";
    expect(() => specialise(toy(code), {})).toThrow(
      new RangeError("a loop marked // unroll has no closing brace"),
    );
  });
});
