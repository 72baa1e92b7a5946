/** Storage of rows: the bits of float16 numbers, conversions, and values that a storage cannot hold. */
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import {
  asStored,
  emptyRows,
  fromHalf,
  packRows,
  type Storage,
  storageOf,
  storageOfSource,
  toHalf,
  unitOf,
} from "../../src/data/storage.ts";
import { DataError } from "../../src/errors.ts";

/** All finite float16 values, ascending, with their bits. */
const HALVES = Array.from({ length: 0x7c00 }, (_, bits) => ({ bits, value: fromHalf(bits) }));

describe("float16", () => {
  test("has the values of its definition", () => {
    const known = [
      [0x0000, 0],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3c00, 1],
      [0x3c01, 1 + 2 ** -10],
      [0x7bff, 65_504],
      [0xc000, -2],
      [0x7c00, Infinity],
    ];
    for (const [bits, value] of known) expect(fromHalf(bits)).toBe(value);
    expect(Object.is(fromHalf(0x8000), -0)).toBe(true);
  });

  test("leaves every finite float16 unchanged, of both signs", () => {
    for (const { bits, value } of HALVES) {
      expect(toHalf(value)).toBe(bits);
      expect(toHalf(-value)).toBe(bits | 0x8000);
    }
  });

  test("rounds to nearest, ties to even", () => {
    for (let i = 0; i + 1 < HALVES.length; i++) {
      const [low, high] = [HALVES[i], HALVES[i + 1]];
      const middle = (low.value + high.value) / 2;
      expect(toHalf(middle), `between ${low.value} and ${high.value}`).toBe(
        low.bits % 2 === 0 ? low.bits : high.bits,
      );
      expect(toHalf(Math.fround(middle * (1 - 2 ** -22)))).toBe(low.bits);
      expect(toHalf(Math.fround(middle * (1 + 2 ** -22)))).toBe(high.bits);
    }
  });
});

describe("a storage", () => {
  const floats = { data: Float64Array.of(0, 0.25, 1 / 3, 1, 0.5, 2 / 255), rows: 2, cols: 3 };
  const bytes = { data: Uint8Array.of(0, 51, 255, 1, 2, 254), rows: 2, cols: 3, scale: 1 / 255 };

  test("is chosen by the data, or by name", () => {
    expect(storageOf(floats)).toBe("f32");
    expect(storageOf(bytes)).toBe("u8");
    for (const name of ["f32", "f16", "u8"] as const) expect(storageOf(bytes, name)).toBe(name);
  });

  test.each<[Storage, number[]]>([
    ["f32", [0, 0.25, Math.fround(1 / 3), 7, 1, 0.5, Math.fround(2 / 255), 7]],
    ["f16", [toHalf(0), toHalf(0.25), toHalf(1 / 3), 7, toHalf(1), toHalf(0.5), toHalf(2 / 255), 7]],
    ["u8", [0, 64, 85, 7, 255, 128, 2, 7]],
  ])("%s stores floats, and leaves elements between rows unchanged", (storage, expected) => {
    const target = emptyRows(storage, 8).fill(7);
    packRows(floats, storage, 0, 2, target, 4);
    expect([...target]).toEqual(expected);
  });

  test.each([
    ["narrow rows", 5, 8],
    ["wide rows", 70, 72],
    ["rows without padding", 6, 6],
  ])("copies %s one after the other, from any row on", (_what, cols, stride) => {
    const data = Float64Array.from({ length: 4 * cols }, (_, at) => at + 0.1);
    const target = emptyRows("f32", 2 * stride).fill(-1);
    packRows({ data, rows: 4, cols }, "f32", 1, 2, target, stride);
    const expected = new Float32Array(2 * stride).fill(-1);
    for (const i of [0, 1]) expected.set(data.subarray((1 + i) * cols, (2 + i) * cols), i * stride);
    expect(target).toEqual(expected);
  });

  test("stores data × scale of the rows asked for", () => {
    const target = emptyRows("f32", 3);
    packRows(bytes, "f32", 1, 1, target, 3);
    expect([...target]).toEqual([1, 2, 254].map((value) => Math.fround(value / 255)));
    const halves = emptyRows("f16", 3);
    packRows(bytes, "f16", 1, 1, halves, 3);
    expect([...halves]).toEqual([1, 2, 254].map((value) => toHalf(value / 255)));
    packRows({ ...bytes, scale: undefined }, "f32", 1, 1, target, 3);
    expect([...target]).toEqual([1, 2, 254]);
    const halved = { data: Float32Array.of(1, 2, 3), rows: 1, cols: 3, scale: 0.5 };
    packRows(halved, "f32", 0, 1, target, 3);
    expect([...target]).toEqual([0.5, 1, 1.5]);
  });

  test("stores bytes unchanged, whatever their scale", () => {
    for (const scale of [1, 0.5, 1 / 255]) {
      const target = emptyRows("u8", 3);
      packRows({ ...bytes, scale }, "u8", 1, 1, target, 3);
      expect([...target]).toEqual([1, 2, 254]);
    }
  });

  test("has the unit of the scale for the caller's bytes, and 1/255 for values rounded to bytes", () => {
    expect(unitOf({ x: { ...bytes, scale: 0.5 } })).toBe(0.5);
    expect(unitOf({ x: { ...bytes, scale: undefined } })).toBe(1);
    expect(unitOf({ x: floats, storage: "u8" })).toBe(1 / 255);
    expect(unitOf({ x: { ...floats, scale: 0.5 }, storage: "u8" })).toBe(1 / 255);
    for (const storage of ["f32", "f16"] as const)
      expect(unitOf({ x: { ...bytes, scale: 0.5 }, storage })).toBe(1);
    expect(unitOf({ x: { ...bytes, scale: 0.5 }, standardization })).toBe(1);
  });

  test("uses the caller's memory if it has the form already", () => {
    const single = { data: Float32Array.of(1, 2), rows: 1, cols: 2 };
    expect(asStored(single, "f32")).toBe(single.data);
    expect(asStored(bytes, "u8")).toBe(bytes.data);
    expect(asStored(floats, "f32")).toBeNull();
    expect(asStored(bytes, "f32")).toBeNull();
    expect(asStored(single, "f16")).toBeNull();
    expect(asStored({ ...single, scale: 0.5 }, "f32")).toBeNull();
    expect(asStored({ ...bytes, scale: 0.5 }, "u8")).toBe(bytes.data);
  });

  const standardization = { mean: Float64Array.of(0.25, 0.1, -1), scale: Float64Array.of(0.5, 3, 1e-3) };
  const standardized = (value: number, j: number) =>
    (value - standardization.mean[j]) / standardization.scale[j];

  test("of standardised rows is f32, unless another is asked for", () => {
    expect(storageOfSource({ x: bytes })).toBe("u8");
    expect(storageOfSource({ x: bytes, standardization })).toBe("f32");
    expect(storageOfSource({ x: bytes, standardization, storage: "auto" })).toBe("f32");
    expect(storageOfSource({ x: bytes, standardization, storage: "f16" })).toBe("f16");
    expect(storageOfSource({ x: floats, storage: "f16" })).toBe("f16");
  });

  test.each<[string, typeof floats | typeof bytes, number]>([
    ["floats", floats, 1],
    ["bytes", bytes, 1 / 255],
    [
      "float32 that could be taken as they are",
      { ...floats, data: Float32Array.from(floats.data) as never },
      1,
    ],
  ])("stores %s as (x − mean) / scale, rounded once", (_what, x, unit) => {
    const single = emptyRows("f32", 8).fill(7);
    packRows(x, "f32", 0, 2, single, 4, standardization);
    const values = Array.from(x.data, (value, at) => standardized(value * unit, at % 3));
    expect([...single]).toEqual([...values.slice(0, 3), 7, ...values.slice(3), 7].map(Math.fround));
    const halves = emptyRows("f16", 3);
    packRows(x, "f16", 1, 1, halves, 3, standardization);
    expect([...halves]).toEqual(values.slice(3).map(toHalf));
  });

  test("refuses data × scale that it cannot hold, though it could hold the data", () => {
    const x = { data: Float32Array.of(0, 1, 0.5, 1), rows: 2, cols: 2, scale: 1.5 };
    expect(() => packRows(x, "u8", 0, 2, emptyRows("u8", 4), 2)).toThrow(/row 0 column 1 is 1.5/);
    const large = () => packRows({ ...x, scale: 1e5 }, "f16", 0, 2, emptyRows("f16", 4), 2);
    expect(large).toThrow(/row 0 column 1 is 100000/);
  });

  test("refuses a standardised value that it cannot hold", () => {
    const far = { mean: new Float64Array(3), scale: Float64Array.of(1, 1, 1e-6) };
    const pack = () => packRows(floats, "f16", 0, 1, emptyRows("f16", 3), 3, far);
    expect(pack).toThrow(/row 0 column 2 is 333333/);
  });

  test.each<[Storage, number]>([
    ["f16", 65_505],
    ["f16", -1e6],
    ["f16", Number.NaN],
    ["u8", -0.001],
    ["u8", 1.001],
    ["u8", Number.NaN],
  ])("%s refuses %s, with its row and column", (storage, value) => {
    const x = { data: Float64Array.of(0, 0, 0, value), rows: 2, cols: 2 };
    expect(() => packRows(x, storage, 0, 2, emptyRows(storage, 4), 2)).toThrow(DataError);
    expect(() => packRows(x, storage, 0, 2, emptyRows(storage, 4), 2)).toThrow(/^x: .*row 1 column 1 is/);
  });

  test("f16 is within 2⁻¹¹ of values of ordinary size", () => {
    const random = createRandom(2);
    for (let i = 0; i < 1000; i++) {
      const value = random.normal();
      const error = Math.abs(fromHalf(toHalf(value)) - value);
      expect(error).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
    }
  });
});
