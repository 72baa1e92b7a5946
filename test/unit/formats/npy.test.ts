/** The NPY reader, tested with files built by NumPy's description of the format. */
import { describe, expect, test } from "vitest";
import { readNpy } from "../../../src/formats/npy.ts";
import {
  expectFormatError,
  float64s,
  join,
  npyFile,
  npyHeader,
  truncations,
  uint64,
  utf8,
} from "./support.ts";

const bytesOf = (array: ArrayBufferView<ArrayBuffer>) => new Uint8Array(array.buffer);

/** Encodes strings in UTF-32, each padded to `length` characters. */
function utf32(strings: readonly string[], length: number, little = true): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4 * length * strings.length));
  for (const [i, text] of strings.entries()) {
    for (const [at, character] of [...text].entries()) {
      view.setUint32(4 * (i * length + at), character.codePointAt(0) ?? 0, little);
    }
  }
  return bytesOf(view);
}

/** Builds a file with an array of one axis. */
const vector = (descr: string, count: number, body: Uint8Array) => npyFile(npyHeader(descr, [count]), body);

/** Expects a file to be refused, with the part at fault. */
const expectRefused = (file: Uint8Array, part: string | RegExp, reason: RegExp) =>
  expectFormatError(() => readNpy(file), part, reason);

describe("element types", () => {
  test.each([
    ["<f8", Float64Array.of(-0, 5e-324, Math.PI)],
    ["<f4", Float32Array.of(-0, 2 ** -149, 0.1)],
    ["<i8", BigInt64Array.of(-(2n ** 53n - 1n), 2n ** 53n - 1n)],
    ["<u8", BigUint64Array.of(0n, 2n ** 53n - 1n)],
    ["<i4", Int32Array.of(-(2 ** 31), 7)],
    ["<u4", Uint32Array.of(0, 2 ** 32 - 1)],
    ["<i2", Int16Array.of(-32768, 7)],
    ["<u2", Uint16Array.of(0, 65535)],
    ["|i1", Int8Array.of(-128, 7)],
    ["|u1", Uint8Array.of(0, 255)],
  ])("%s", async (descr, array) => {
    const values = Float64Array.from(array as ArrayLike<number | bigint>, Number);
    expect(await readNpy(vector(descr, array.length, bytesOf(array)))).toEqual({
      shape: [array.length],
      values,
    });
    if (descr.startsWith("|")) return;
    const swapped = bytesOf(array.slice()).reverse();
    const bigEndian = await readNpy(vector(descr.replace("<", ">"), array.length, swapped));
    expect(bigEndian.values).toEqual(values.toReversed());
  });

  test("float16 in both byte orders, with its smallest and largest values", async () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x3555, 0x7c00);
    const values = Float64Array.of(1, -2, 65504, 2 ** -24, -0, 0.333251953125, Infinity);
    expect(await readNpy(vector("<f2", 7, bytesOf(bits)))).toEqual({ shape: [7], values });
    const swapped = bytesOf(bits.slice()).reverse();
    expect((await readNpy(vector(">f2", 7, swapped))).values).toEqual(values.toReversed());
  });

  test("booleans are 0 and 1, and other bytes are refused", async () => {
    const values = Float64Array.of(1, 0, 1);
    expect(await readNpy(vector("|b1", 3, Uint8Array.of(1, 0, 1)))).toEqual({ shape: [3], values });
    const three = vector("|b1", 3, Uint8Array.of(1, 0, 3));
    await expectRefused(three, "npy.data", /expected booleans, 0 or 1, got 3/);
  });

  test.each([
    ["<u1", Uint8Array.of(1, 255)],
    [">u1", Uint8Array.of(1, 255)],
    ["=u1", Uint8Array.of(1, 255)],
    ["u1", Uint8Array.of(1, 255)],
    ["<i1", Int8Array.of(-1, 7)],
    ["<b1", Uint8Array.of(0, 1)],
    ["=f8", Float64Array.of(0.1, -0)],
    ["f8", Float64Array.of(0.1, -0)],
    ["|f8", Float64Array.of(0.1, -0)],
    ["=i8", BigInt64Array.of(-1n, 7n)],
  ])("%s: the order of single bytes says nothing, and none is that of the machine", async (descr, array) => {
    const values = Float64Array.from(array as ArrayLike<number | bigint>, Number);
    expect(await readNpy(vector(descr, 2, bytesOf(array)))).toEqual({ shape: [2], values });
  });

  test("strings, padded with zeros, in both byte orders", async () => {
    const names = ["no", "", "naïve", "\u{1f600}!"];
    expect(await readNpy(vector("<U5", 4, utf32(names, 5)))).toEqual({ shape: [4], values: names });
    expect(await readNpy(vector(">U5", 4, utf32(names, 5, false)))).toEqual({ shape: [4], values: names });
  });

  test.each(["<c16", "|O", "<M8[s]", "|S5", "<U0", "<f08", "<f1", "<b2", "!f8", "<i16"])(
    "%s is refused",
    async (descr) => {
      const file = vector(descr, 2, new Uint8Array(16));
      await expectRefused(file, "npy.descr", /expected booleans, integers, float16 to float64 or strings/);
    },
  );

  test("integers beyond 2⁵³ and characters that Unicode does not have are refused", async () => {
    for (const value of [2n ** 53n, -(2n ** 62n)]) {
      await expectRefused(vector("<i8", 1, uint64(value)), "npy.data", /beyond ±2⁵³/);
    }
    await expectRefused(vector("<u8", 1, uint64(2n ** 64n - 1n)), "npy.data", /1844674407/);
    const noCharacter = vector("<U1", 1, join([0, 0, 0x11, 0]));
    await expectRefused(noCharacter, "npy.data", /1114112, which is no character/);
  });
});

describe("shapes", () => {
  const body = float64s(1, 2, 3, 4, 5, 6);

  test("any rank, including 0", async () => {
    expect(await readNpy(npyFile(npyHeader("<f8", []), float64s(4)))).toEqual({
      shape: [],
      values: Float64Array.of(4),
    });
    expect((await readNpy(npyFile(npyHeader("<f8", [2, 1, 3]), body))).shape).toEqual([2, 1, 3]);
    const longs = "{'descr': '<f8', 'fortran_order': False, 'shape': (3L, 2L), }";
    expect((await readNpy(npyFile(longs, body))).shape).toEqual([3, 2]);
    expect(await readNpy(npyFile(npyHeader("<f8", [0, 3]), new Uint8Array()))).toEqual({
      shape: [0, 3],
      values: new Float64Array(),
    });
  });

  test("Fortran order is converted to C order", async () => {
    const read = async (...shape: number[]) => [
      ...(await readNpy(npyFile(npyHeader("<f8", shape, true), body))).values,
    ];
    expect(await read(6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await read(2, 3)).toEqual([1, 3, 5, 2, 4, 6]);
    expect(await read(3, 2)).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await read(1, 3, 2)).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await read(3, 1, 2)).toEqual([1, 4, 2, 5, 3, 6]);
    expect((await readNpy(npyFile(npyHeader("<f8", [0, 3], true), new Uint8Array()))).values).toHaveLength(0);
    const names = npyFile(npyHeader("<U1", [2, 2], true), utf32(["a", "b", "c", "d"], 1));
    expect((await readNpy(names)).values).toEqual(["a", "c", "b", "d"]);
  });

  test.each([
    ["too few bytes", [7], /truncated: expected 56 bytes of elements, found 48/],
    ["too many bytes", [5], /trailing bytes: expected 40 bytes of elements, found 48/],
    ["a product that overflows", [2 ** 30, 2 ** 30], /overflows/],
    ["an overflow before a zero", [2 ** 30, 2 ** 30, 0], /overflows/],
    ["far more than there is", [2 ** 40], /truncated: expected 8796093022208 bytes/],
    ["a size above 2⁵³", [2 ** 60], /integers of at least 0, got 1152921504606847000/],
    ["rank 65", new Array(65).fill(1), /at most 64 sizes, got 65/],
  ])("%s: refused", async (_, shape, reason) => {
    const before = process.memoryUsage().arrayBuffers;
    await expectRefused(npyFile(npyHeader("<f8", shape), body), "npy.shape", reason);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

describe("headers", () => {
  const body = float64s(1, 2);
  const expected = { shape: [2], values: Float64Array.of(1, 2) };

  test.each([
    ["in another order", "{'shape': (2,), 'fortran_order': False, 'descr': '<f8'}"],
    ["in double quotes", '{"descr": "<f8", "fortran_order": False, "shape": (2,), }'],
    ["with little space", "{'descr':'<f8','fortran_order':False,'shape':(2,)}"],
    [
      "with an L behind its sizes, as of Python 2",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }",
    ],
    ["with much space", "{ 'descr' : '<f8' , 'fortran_order' : False , 'shape' : ( 2 , ) , }"],
  ])("%s", async (_, header) => {
    for (const version of [1, 2, 3])
      expect(await readNpy(npyFile(header, body, [version, 0]))).toEqual(expected);
  });

  test.each([
    ["no dictionary", "['<f8', False, (2,)]", "header", /expected a Python dictionary/],
    ["an empty dictionary", "{}", "descr", /expected an element type/],
    ["no order", "{'descr': '<f8', 'shape': (2,)}", "fortran_order", /expected True or False/],
    ["no shape", "{'descr': '<f8', 'fortran_order': False}", "shape", /expected a tuple/],
    ["an entry twice", "{'descr': '<f8', 'descr': '<f8'}", "header", /"descr" occurs twice/],
    ["an unknown entry", "{'descr': '<f8', 'order': 'C'}", "header", /an unknown entry "order"/],
    ["an unsafe entry", "{'__proto__': '<f8'}", "header", /an unknown entry "__proto__"/],
    ["a structured type", "{'descr': [('a', '<f8')], 'fortran_order': False}", "header", /of a plain array/],
    ["an expression", "{'descr': '<f' + '8'}", "header", /expected a comma after "descr"/],
    ["a call", "{'shape': tuple(2)}", "header", /of a plain array, found/],
    ["a number as shape", "{'shape': 2}", "header", /of a plain array/],
    ["a number in brackets", "{'shape': (2)}", "header", /\(2\) is not a tuple/],
    ["a negative size", "{'shape': (-2,)}", "header", /of a plain array/],
    ["a comma alone", "{'shape': (,)}", "header", /\(,\) is not a tuple/],
    ["two commas", "{'shape': (2,,)}", "header", /not a tuple/],
    ["two numbers and no comma", "{'shape': (2 3,)}", "header", /not a tuple/],
    ["an L alone", "{'shape': (L,)}", "header", /not a tuple/],
    ["two Ls", "{'shape': (2LL,)}", "header", /not a tuple/],
    ["an L before its size", "{'shape': (L2,)}", "header", /not a tuple/],
    ["an octal", "{'shape': (02,)}", "header", /not a tuple/],
    ["values of other types", "{'descr': True, 'fortran_order': 'x', 'shape': ()}", "descr", /element type/],
    ["two entries and no comma", "{'descr': '<f8' 'shape': (2,)}", "header", /expected a comma/],
    ["two commas between entries", "{'descr': '<f8',, 'shape': (2,)}", "header", /of a plain array/],
    ["text after it", "{'descr': '<f8'} x", "header", /a Python dictionary and a line feed/],
    ["another line", "{'descr': '<f8'}\n", "header", /a Python dictionary and a line feed/],
    ["long nonsense", `{${"'descr'".repeat(1000)}}`, "header", /of a plain array/],
    ["many spaces", `{'shape': (1,${" ".repeat(4000)}2${" ".repeat(4000)}x)}`, "header", /of a plain array/],
  ])("%s: refused", async (_, header, part, reason) => {
    await expectRefused(npyFile(header, body), `npy.${part}`, reason);
  });

  const valid = vector("<f8", 2, body);
  const changed = (at: number, ...bytes: number[]) => {
    const file = valid.slice();
    file.set(bytes, at);
    return file;
  };

  test("another magic number or version", async () => {
    await expectRefused(changed(0, 0x94), "npy", /expected an NPY file/);
    await expectRefused(utf8("PK\u0003\u0004 an archive"), "npy", /expected an NPY file/);
    for (const version of [
      [0, 9],
      [1, 1],
      [4, 0],
    ]) {
      await expectRefused(changed(6, ...version), "npy.version", /expected 1.0, 2.0 or 3.0, got/);
    }
  });

  test("a declared header length beyond the file, beyond ten thousand bytes, or beyond the header", async () => {
    const length = valid[8] + 256 * valid[9];
    await expectRefused(changed(8, 0, 8), "npy.header", /truncated: expected 2058 bytes, found 144/);
    await expectRefused(changed(8, 255, 255), "npy.header", /declares 65535 bytes, at most 10000/);
    await expectRefused(changed(8, length + 8), "npy.header", /UTF-8|dictionary/);
    const second = npyFile(npyHeader("<f8", [2]), body, [2, 0]);
    second.fill(255, 8, 12);
    await expectRefused(second, "npy.header", /declares 4294967295 bytes/);
  });

  test("bytes that are not UTF-8", async () => {
    await expectRefused(changed(12, 0xff), "npy.header", /UTF-8/);
  });

  test("cut at every byte", async () => {
    for (const version of [1, 2, 3]) {
      for (const part of truncations(npyFile(npyHeader("<f8", [2]), body, [version, 0]))) {
        await expectRefused(part, /^npy/, /truncated|expected an NPY file/);
      }
    }
  });

  test("anything but bytes", async () => {
    const read = () => readNpy([1] as unknown as Uint8Array, "coef");
    await expectFormatError(read, "coef", /expected a Uint8Array/);
  });
});

test("an array inside a larger buffer, at an odd byte", async () => {
  const file = vector("<f8", 2, float64s(1, 2));
  expect((await readNpy(join([9], file, [9]).subarray(1, 1 + file.length))).values).toEqual(
    Float64Array.of(1, 2),
  );
});
