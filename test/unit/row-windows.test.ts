/** Rows in a caller's buffers, cut into ranges that a device can bind. */
import { describe, expect, test } from "vitest";
import {
  type BindingLimits,
  type RowWindow,
  rowsInPlace,
  windowsOf,
} from "../../src/backends/webgpu/row-windows.ts";
import type { DeviceRows, GpuDtype } from "../../src/data/gpu-rows.ts";
import { LimitError } from "../../src/errors.ts";

const LIMITS: BindingLimits = { alignment: 256, most: 4096 };

interface Spec {
  readonly rows: number;
  readonly offset?: number;
  readonly stride?: number;
  readonly size?: number;
}

/** Rows in buffers of these sizes, which no device has made. */
function deviceRows(cols: number, dtype: GpuDtype, pieces: readonly Spec[]): DeviceRows {
  const rowBytes = cols * (dtype === "f32" ? 4 : 2);
  let rows = 0;
  const opened = pieces.map((spec) => {
    const { offset = 0, stride = rowBytes } = spec;
    const size = spec.size ?? offset + (spec.rows - 1) * stride + rowBytes;
    const piece = { buffer: { size } as GPUBuffer, first: rows, rows: spec.rows, offset, stride };
    rows += spec.rows;
    return piece;
  });
  return { pieces: opened, rows, cols, dtype, argument: "x" };
}

describe("windows", () => {
  const SHAPES: readonly (readonly [cols: number, dtype: GpuDtype, pieces: readonly Spec[]])[] = [
    [1, "f32", [{ rows: 5000 }]],
    [7, "f32", [{ rows: 1 }, { rows: 400, offset: 12 }, { rows: 3, stride: 2000, offset: 4 }]],
    [5, "f16", [{ rows: 777, offset: 2, stride: 14 }]],
    [959, "f32", [{ rows: 4 }]],
  ];

  test.each(SHAPES)(
    "of %i columns in %s: every row once, aligned, within a binding",
    (cols, dtype, pieces) => {
      const x = deviceRows(cols, dtype, pieces);
      const elementBytes = dtype === "f32" ? 4 : 2;
      const windows = [...windowsOf(x, LIMITS)];
      let next = 0;
      for (const { first, rows, binding, start, stride } of windows) {
        expect(first).toBe(next);
        next += rows;
        expect(binding.offset % 256).toBe(0);
        expect(binding.size % 4).toBe(0);
        expect(binding.size).toBeLessThanOrEqual(LIMITS.most);
        expect(binding.offset + binding.size).toBeLessThanOrEqual(Math.ceil(binding.buffer.size / 4) * 4);
        const piece = x.pieces.findLast((one) => one.first <= first);
        expect(piece?.buffer).toBe(binding.buffer);
        const begin = (piece?.offset ?? 0) + (first - (piece?.first ?? 0)) * (piece?.stride ?? 0);
        expect(binding.offset + start * elementBytes).toBe(begin);
        expect((start + (rows - 1) * stride + cols) * elementBytes).toBeLessThanOrEqual(binding.size);
      }
      expect(next).toBe(x.rows);
    },
  );

  test("of a part of the rows, with few rows each", () => {
    const x = deviceRows(4, "f32", [{ rows: 10 }, { rows: 10 }]);
    const ranges = (windows: Iterable<RowWindow>) => Array.from(windows, ({ first, rows }) => [first, rows]);
    expect(ranges(windowsOf(x, LIMITS, { first: 7, rows: 8 }, 4))).toEqual([
      [7, 3],
      [10, 4],
      [14, 1],
    ]);
  });

  test("of a row that is larger than a binding: LimitError", () => {
    const x = deviceRows(1024, "f32", [{ rows: 2 }]);
    expect(() => [...windowsOf(x, LIMITS)]).toThrow(LimitError);
  });
});

describe("in place", () => {
  const ranges = (x: DeviceRows, targetBytes = 4, limits = LIMITS) =>
    rowsInPlace(x, limits, targetBytes)?.map(({ first, rows, binding: { offset, size } }) => [
      first,
      rows,
      offset,
      size,
    ]);

  test("one range if a binding takes all rows", () => {
    expect(ranges(deviceRows(4, "f32", [{ rows: 100, offset: 512 }]))).toEqual([[0, 100, 512, 1600]]);
  });

  test("halves are bound to the end of a vector, if the buffer has it", () => {
    expect(ranges(deviceRows(4, "f16", [{ rows: 3, size: 32 }]))).toEqual([[0, 3, 0, 32]]);
    expect(ranges(deviceRows(4, "f16", [{ rows: 3, size: 28 }]))).toBeUndefined();
    expect(ranges(deviceRows(4, "f16", [{ rows: 4 }]))).toEqual([[0, 4, 0, 32]]);
  });

  test("cut by rows so that every range begins at an aligned offset", () => {
    // 12 columns: 85 rows of 48 bytes fit, and a multiple of 16 of them is a multiple of 256 bytes.
    expect(ranges(deviceRows(12, "f32", [{ rows: 170 }]))).toEqual([
      [0, 80, 0, 3840],
      [80, 80, 3840, 3840],
      [160, 10, 7680, 480],
    ]);
    // Targets of 400 bytes: ten rows fit, of which no multiple of 16 does.
    expect(ranges(deviceRows(12, "f32", [{ rows: 170 }]), 400)).toBeUndefined();
  });

  test.each<[string, DeviceRows]>([
    ["odd columns", deviceRows(6, "f32", [{ rows: 10 }])],
    ["a stride", deviceRows(4, "f32", [{ rows: 10, stride: 32 }])],
    ["an offset that is not aligned", deviceRows(4, "f32", [{ rows: 10, offset: 128 }])],
    ["several pieces", deviceRows(4, "f32", [{ rows: 10 }, { rows: 10 }])],
  ])("not with %s", (_what, x) => {
    expect(ranges(x)).toBeUndefined();
  });

  test("several large pieces, but no small one among them", () => {
    const limits = { alignment: 256, most: 2 ** 27 };
    const large = { rows: 2 ** 20 };
    const x = deviceRows(16, "f32", [large, { rows: 2 ** 20 + 1 }]);
    expect(ranges(x, 4, limits)).toEqual([
      [0, 2 ** 20, 0, 2 ** 26],
      [2 ** 20, 2 ** 20 + 1, 0, 2 ** 26 + 64],
    ]);
    expect(ranges(deviceRows(16, "f32", [large, { rows: 5 }]), 4, limits)).toBeUndefined();
  });
});
