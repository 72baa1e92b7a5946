/** The safetensors container, tested with files built byte by byte, and with the reader of another project. */
import { safetensors as jax } from "@jax-js/loaders";
import { describe, expect, test } from "vitest";
import { readSafetensors, type Tensor, writeSafetensors } from "../../../src/formats/safetensors.ts";
import { expectFormatError, float64s, join, safetensorsFile, truncations, uint64, utf8 } from "./support.ts";

const tensors = new Map<string, Tensor>([
  ["u8", { dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 255) }],
  ["scalar", { dtype: "F64", shape: [], bytes: float64s(-0) }],
  ["f32", { dtype: "F32", shape: [2, 1], bytes: new Uint8Array(Float32Array.of(1.5, -2).buffer) }],
  ["empty", { dtype: "I64", shape: [0, 4], bytes: new Uint8Array() }],
  ["naïve \u{1f600}", { dtype: "U16", shape: [1], bytes: Uint8Array.of(1, 2) }],
]);
const metadata = { format: "pt", note: 'é "quoted"', "": "" };

const f64 = (begin: number, end: number, shape: unknown = [(end - begin) / 8]) => ({
  dtype: "F64",
  shape,
  data_offsets: [begin, end],
});

const file = await writeSafetensors({ tensors, metadata });

/** Expects a file to be refused, with the part at fault. */
const expectRefused = (source: Uint8Array, part: string | RegExp, reason: RegExp) =>
  expectFormatError(() => readSafetensors(source), part, reason);

describe("files written here", () => {
  test("read back the same, as views of the file", async () => {
    const read = await readSafetensors(file);
    expect(new Map([...read.tensors].toSorted())).toEqual(new Map([...tensors].toSorted()));
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors.get("f32")?.bytes.buffer).toBe(file.buffer);
  });

  test("inside a larger buffer", async () => {
    const inside = join([9, 9, 9], file, [9]).subarray(3, 3 + file.length);
    expect(await readSafetensors(inside)).toEqual(await readSafetensors(file));
  });

  test("are read by another project's reader", async () => {
    const read = jax.parse(file);
    expect(read.metadata).toEqual(metadata);
    expect(Object.keys(read.tensors).toSorted()).toEqual([...tensors.keys()].toSorted());
    expect(read.tensors.u8).toEqual({ dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 255) });
    expect(read.tensors.scalar).toEqual({ dtype: "F64", shape: [], data: Float64Array.of(-0) });
    expect(read.tensors.f32).toEqual({ dtype: "F32", shape: [2, 1], data: Float32Array.of(1.5, -2) });
  });

  test("do not depend on the order of the tensors, and begin them at a multiple of eight", async () => {
    const reversed = new Map([...tensors].reverse());
    expect(await writeSafetensors({ tensors: reversed, metadata })).toEqual(file);
    expect(new DataView(file.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  test("of nothing", async () => {
    const nothing = { tensors: new Map(), metadata: {} };
    expect(await readSafetensors(await writeSafetensors(nothing))).toEqual(nothing);
    expect(await readSafetensors(safetensorsFile("{}"))).toEqual(nothing);
  });

  test("cut at every byte", async () => {
    for (const part of truncations(file)) {
      await expectRefused(part, /^safetensors/, /truncated|UTF-8/);
    }
  });
});

test("tensors may lie in any order, empty ones anywhere", async () => {
  const header = { b: f64(8, 16), none: f64(8, 8), a: f64(0, 8) };
  const read = await readSafetensors(safetensorsFile(header, float64s(1, 2)));
  expect(read.tensors.get("a")?.bytes).toEqual(float64s(1));
  expect(read.tensors.get("b")?.bytes).toEqual(float64s(2));
});

test("elements may begin at any byte, with space before the header, as in the reference implementation", async () => {
  const header = { a: { dtype: "U8", shape: [1], data_offsets: [0, 1] }, b: f64(1, 9) };
  const text = utf8(` \t\r\n${JSON.stringify(header)}`);
  const odd = join(uint64(text.length), text, [7], float64s(0.1));
  const read = await readSafetensors(odd);
  expect(read.tensors.get("a")?.bytes).toEqual(Uint8Array.of(7));
  expect(Uint8Array.from(read.tensors.get("b")?.bytes ?? [])).toEqual(float64s(0.1));
  const again = await writeSafetensors(read);
  expect(await readSafetensors(again)).toEqual(read);
  const { byteOffset } = (await readSafetensors(again)).tensors.get("b")?.bytes ?? {};
  expect(Number(byteOffset) % 8).toBe(0);
});

describe("refused", () => {
  const body = float64s(1, 2);
  const entry = { dtype: "F64", shape: [2], data_offsets: [0, 16] };
  const huge = [2 ** 30, 2 ** 30];
  const sized = (shape: unknown) => ({ a: { ...entry, shape } });
  const at = (...data_offsets: number[]) => ({ a: { ...entry, data_offsets } });
  test.each([
    ["an unknown dtype", { a: { ...entry, dtype: "F4" } }, "a.dtype", /expected one of BOOL, .*got "F4"/],
    ["a dtype of JavaScript's", { a: { ...entry, dtype: "toString" } }, "a.dtype", /got "toString"/],
    ["no dtype", { a: { shape: [2], data_offsets: [0, 16] } }, "a.dtype", /missing/],
    ["an unknown field", { a: { ...entry, order: "C" } }, "a.order", /unknown field/],
    ["an entry that is none", { a: [entry] }, "a", /expected an object, got an array of 1/],
    ["a shape that is none", sized(2), "a.shape", /expected an array, got 2/],
    ["a negative size", sized([-2]), "a.shape", /got -2/],
    ["half a size", sized([0.5, 4]), "a.shape", /got 0.5/],
    ["a shape that overflows", sized(huge), "a.shape", /overflows/],
    ["a shape that overflows before a zero", sized([...huge, 0]), "a.shape", /overflows/],
    ["a shape for other bytes", sized([3]), "a.shape", /24 bytes of F64.* cover 16/],
    ["one offset", at(0), "a.data_offsets", /expected \[begin, end\], with begin ≤ end/],
    ["an end before its beginning", at(16, 0), "a.data_offsets", /with begin ≤ end/],
    ["a negative offset", at(-8, 8), "a.data_offsets", /got -8/],
    ["an offset above 2⁵³", at(2 ** 60, 2 ** 60 + 4096), "a.data_offsets", /got/],
    ["a range past the end", { a: f64(0, 24) }, "", /truncated: expected 24 bytes of tensors, found 16/],
    ["an overlap", { a: f64(0, 16), b: f64(8, 16) }, "b.data_offsets", /begins at 8, which overlaps/],
    ["the same range twice", { a: f64(0, 16), b: f64(0, 16) }, "b.data_offsets", /overlaps/],
    ["a gap", { a: f64(8, 16) }, "a.data_offsets", /begins at 8, which leaves a gap .* at 0/],
    ["bytes left over", { a: f64(0, 8) }, "", /trailing bytes: expected 8 .* found 16/],
    ["bytes and no tensors", {}, "", /trailing bytes/],
    [
      "metadata that are no strings",
      { __metadata__: { n: 1 }, a: entry },
      "__metadata__.n",
      /a string, got 1/,
    ],
    ["metadata that are none", { __metadata__: [], a: entry }, "__metadata__", /expected an object/],
    ["half a surrogate pair as a name", '{"\\ud800": 1}', "\ud800", /well-formed Unicode/],
    ["a tensor twice", '{"a": 1, "a": 1}', "a", /occurs twice/],
    ["a tensor called __proto__", '{"__proto__": 1}', "", /cannot be a key/],
    ["an array as header", "[]", "header", /expected \{ as its first character/],
    ["a byte order mark before the header", "\ufeff{}", "header", /expected \{ as its first character/],
    ["a form feed before the header", "\f{}", "header", /expected \{ as its first character/],
    ["text after the header", "{} x", "", /expected the end of the text/],
  ])("%s", async (_, header, where, reason) => {
    const argument = where === "" ? "safetensors" : `safetensors.${where}`;
    await expectRefused(safetensorsFile(header, body), argument, reason);
  });

  test("a header that is not UTF-8", async () => {
    const file = join(uint64(8), [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x20]);
    await expectRefused(file, "safetensors.header", /UTF-8/);
  });

  test("a header length beyond the file, 100 MB or 2⁵³ is refused without allocating it", async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const [length, reason] of [
      [17, /truncated: expected 17 bytes of header, found 16/],
      [100_000_000, /truncated/],
      [100_000_001, /at most 100000000 are read/],
      [2n ** 64n - 1n, /declares 18446744073709551615 bytes/],
    ] as const) {
      const file = join(uint64(length), new Uint8Array(16).fill(0x20));
      await expectRefused(file, "safetensors.header", reason);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  test("anything but bytes", async () => {
    for (const source of ["{}", null, [1], new ArrayBuffer(8), new Float64Array(2)]) {
      await expectRefused(source as unknown as Uint8Array, "safetensors", /expected a Uint8Array/);
    }
  });
});

describe("what cannot be read is not written", () => {
  const one: Tensor = { dtype: "U8", shape: [1], bytes: Uint8Array.of(1) };
  test.each([
    ["bytes that do not fit the shape", new Map([["a", { ...one, shape: [2] }]]), ".a.shape", /2 bytes/],
    ["half a surrogate pair as a name", new Map([["\ud800", one]]), ".\ud800", /well-formed/],
    ["an unsafe name", new Map([["constructor", one]]), "", /cannot be a key/],
    ["the name of the metadata", new Map([["__metadata__", one]]), ".__metadata__.dtype", /string|expected/],
  ])("%s", async (_, given, argument, reason) => {
    const write = () => writeSafetensors({ tensors: given, metadata: {} });
    await expectFormatError(write, /^safetensors/, reason);
    if (argument !== ".__metadata__.dtype") await expectFormatError(write, `safetensors${argument}`, reason);
  });
});
