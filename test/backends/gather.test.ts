/** The conversion of stored rows in WebAssembly: every half and every byte there is, bit by bit. */
import { expect, test } from "vitest";
import { Arena } from "../../src/backends/wasm/heap.ts";
import { compileKernels, KERNEL_SOURCES, supportedBuilds } from "../../src/backends/wasm/kernel-builds.ts";
import { instantiate } from "../../src/backends/wasm/kernels.ts";

/** What a half means, by the definition of IEEE 754. */
function halfValue(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test("both builds of the kernels together take less than 12 KiB", () => {
  const bytes = Object.values(KERNEL_SOURCES).reduce((sum, base64) => sum + atob(base64).length, 0);
  expect(bytes).toBeLessThan(12 * 1024);
  expect(bytes).toBeGreaterThan(2_000);
});

for (const build of supportedBuilds()) {
  test(`${build}: all finite halves, subnormal and negative ones too`, async () => {
    const bits = Array.from({ length: 65_536 }, (_, i) => i).filter((i) => ((i >> 10) & 31) !== 31);
    const arena = new Arena();
    const [index, x, scratch, addresses] = [4, 2 * bits.length, 4 * bits.length + 64, 4].map((size) =>
      arena.take(size, "test"),
    );
    arena.halves(x, bits.length).set(bits);
    const { gather } = await instantiate(await compileKernels(build), arena.memory);
    gather(index, 1, x, 2 * bits.length, 2, 1, bits.length / 4, scratch, addresses);
    expect(arena.integers(addresses, 1)[0]).toBe(scratch);
    const values = arena.floats(scratch, bits.length);
    expect(bits.findIndex((half, i) => !Object.is(values[i], halfValue(half)))).toBe(-1);
    for (const unit of [0.5, 3, 1 / 255]) {
      gather(index, 1, x, 2 * bits.length, 2, unit, bits.length / 4, scratch, addresses);
      const expected = (half: number) => Math.fround(Math.fround(unit) * halfValue(half));
      expect(bits.findIndex((half, i) => !Object.is(values[i], expected(half)))).toBe(-1);
    }
  });

  test(`${build}: every byte, times the unit`, async () => {
    const arena = new Arena();
    const [index, x, scratch, addresses] = [4, 256, 4 * 256 + 64, 4].map((size) => arena.take(size, "test"));
    arena.bytes(x, 256).set(Array.from({ length: 256 }, (_, i) => i));
    const { gather } = await instantiate(await compileKernels(build), arena.memory);
    for (const unit of [1, 0.5, 3, 1 / 255]) {
      gather(index, 1, x, 256, 1, unit, 64, scratch, addresses);
      const expected = Float32Array.from({ length: 256 }, (_, i) => Math.fround(unit) * i);
      expect(arena.floats(scratch, 256)).toEqual(expected);
    }
  });

  test(`${build}: the padding of a row of bytes does not overwrite the next row`, async () => {
    const arena = new Arena();
    const [index, x, scratch, addresses] = [8, 2 * 32, 2 * 20 * 4 + 64, 8].map((size) =>
      arena.take(size, "test"),
    );
    const rows = arena.bytes(x, 64);
    for (let i = 0; i < 64; i++) rows[i] = i % 32 < 17 ? 255 - 3 * i : 0;
    arena.integers(index, 2).set([1, 0]);
    const { gather } = await instantiate(await compileKernels(build), arena.memory);
    gather(index, 2, x, 32, 1, 1 / 255, 5, scratch, addresses);
    expect([...arena.integers(addresses, 2)]).toEqual([scratch, scratch + 80]);
    for (const [position, row] of [1, 0].entries()) {
      const values = arena.floats(scratch + 80 * position, 20);
      for (let j = 0; j < 20; j++) expect(values[j]).toBeCloseTo(rows[32 * row + j] / 255, 6);
    }
  });
}
