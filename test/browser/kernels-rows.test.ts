/** The kernels that read rows in a caller's buffer, against plain arithmetic. */
import { afterAll, describe, expect, test } from "vitest";
import packRows from "../../shaders/pack-rows.wgsl";
import rowNorms from "../../shaders/row-norms.wgsl";
import { GpuDevice } from "../../src/backends/webgpu/gpu-device.ts";
import { createRandom } from "../../src/data/random.ts";
import { fromHalf, toHalf } from "../../src/data/storage.ts";
import { runKernel } from "../support/run-kernel.ts";

const gpu = await GpuDevice.acquire(true, "test");
afterAll(() => gpu.dispose());

const SHAPES = [
  { rows: 1, features: 1, start: 0, stride: 1 },
  { rows: 3, features: 4, start: 0, stride: 4 },
  { rows: 7, features: 5, start: 3, stride: 9 },
  { rows: 65, features: 17, start: 62, stride: 17 },
  { rows: 130, features: 31, start: 1, stride: 33 },
].flatMap((shape) => [0, 2].map((storage) => ({ ...shape, storage })));

/** Rows among other numbers, as words of a buffer, with the bits of each value. */
function rowsOf({ rows, features, start, stride, storage }: (typeof SHAPES)[number]) {
  const random = createRandom(rows + features);
  const length = start + (rows - 1) * stride + features;
  const values = Float32Array.from({ length }, () => random.normal());
  const bits = storage === 0 ? new Uint32Array(values.buffer) : Uint16Array.from(values, toHalf);
  const words = new Uint32Array(Math.ceil(length / (storage === 0 ? 1 : 2)));
  (storage === 0 ? words : new Uint16Array(words.buffer)).set(bits);
  const at = (i: number, j: number) => start + i * stride + j;
  const bitsAt = (i: number, j: number) => bits[at(i, j)];
  const valueAt = (i: number, j: number) => (storage === 0 ? values[at(i, j)] : fromHalf(bits[at(i, j)]));
  return { words, bitsAt, valueAt };
}

const wordsOf = (array: Float32Array) => new Uint32Array(array.buffer, array.byteOffset, array.length);

describe.each(SHAPES.map((shape) => [JSON.stringify(shape), shape] as const))("%s", (_name, shape) => {
  const { rows, features, start, stride, storage } = shape;
  const { words, bitsAt, valueAt } = rowsOf(shape);
  const constants = { FEATURES: features, STORAGE: storage };
  const padded = Math.ceil(features / 4) * 4;
  const columns = Float32Array.from({ length: 2 * features }, (_, at) => (at % 2 ? 0.5 : -0.25));

  test.each([false, true])("pack-rows, listed: %s: bits as they are, then zeros", async (isListed) => {
    const order = Uint32Array.from({ length: 2 + rows }, (_, i) => (i < 2 ? 99 : rows + 1 - i));
    const { packed } = await runKernel(gpu, {
      shader: packRows,
      constants: { ...constants, LISTED: isListed },
      segment: { start, stride, rows, listed: 2, to: 1 },
      buffers: { order, source: words, columns, packed: new Uint32Array((rows + 1) * padded) },
      groups: Math.ceil((rows * padded) / 64),
    });
    const perWord = storage === 0 ? 1 : 2;
    const actual = storage === 0 ? wordsOf(packed) : new Uint16Array(wordsOf(packed).buffer);
    expect(actual.subarray(0, padded).every((bits) => bits === 0)).toBe(true);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < padded; j++) {
        const from = isListed ? rows - 1 - i : i;
        expect(actual[(i + 1) * padded + j]).toBe(j < features ? bitsAt(from, j) : 0);
      }
    expect(perWord * packed.length).toBeGreaterThanOrEqual((rows + 1) * padded);
  });

  test("pack-rows, scaled: f32, within the limit", async () => {
    const { packed } = await runKernel(gpu, {
      shader: packRows,
      constants: { ...constants, SCALED: true },
      segment: { start, stride, rows, limit: 0.5 },
      buffers: { order: new Uint32Array(1), source: words, columns, packed: new Uint32Array(rows * padded) },
      groups: Math.ceil((rows * padded) / 64),
    });
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < padded; j++) {
        const value = j < features ? Math.fround(valueAt(i, j) + 0.25) * 0.5 : 0;
        expect(packed[i * padded + j]).toBe(Math.max(-0.5, Math.min(0.5, value)));
      }
  });

  test.each([1, 4, 64])("row-norms on %i lanes", async (lanes) => {
    const { norms } = await runKernel(gpu, {
      shader: rowNorms,
      constants: { ...constants, LANES: lanes },
      segment: { start, stride, rows, to: 2 },
      buffers: { source: words, columns, norms: new Uint32Array(rows + 2) },
      groups: Math.ceil((rows * lanes) / 64),
    });
    expect(Array.from(norms.subarray(0, 2))).toEqual([0, 0]);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < features; j++) sum += ((valueAt(i, j) + 0.25) * 0.5) ** 2;
      expect(Math.abs(norms[i + 2] - sum)).toBeLessThan(1e-5 * (1 + sum));
    }
  });

  test("row-norms of a row with NaN or an infinity are NaN, those of huge numbers infinite", async () => {
    const changed = words.slice();
    const halves = new Uint16Array(changed.buffer);
    const set = (i: number, [word, half]: readonly [number, number]) => {
      const at = start + i * stride + features - 1;
      if (storage === 0) changed[at] = word;
      else halves[at] = half;
    };
    const bad = [0x7fc00000, 0xff800000, 0x7f800001, 0x7f7fffff].map(
      (word, k) => [word, [0x7e00, 0xfc00, 0x7c01, 0x7bff][k]] as const,
    );
    for (const [i, bits] of bad.entries()) if (i < rows) set(i, bits);
    const { norms } = await runKernel(gpu, {
      shader: rowNorms,
      constants,
      segment: { start, stride, rows },
      buffers: { source: changed, columns, norms: new Uint32Array(rows) },
      groups: Math.ceil((rows * 16) / 64),
    });
    for (const i of [0, 1, 2]) if (i < rows) expect(norms[i]).toBeNaN();
    if (rows > 3 && storage === 0) expect(norms[3]).toBe(Infinity);
    if (rows > 3 && storage === 2) expect(norms[3]).toBeGreaterThan(1e9);
  });
});
