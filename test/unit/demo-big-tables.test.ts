/** Large tables in the demo: arrays that grow by blocks, and files that are refused before they are read. */
import { describe, expect, test } from "vitest";
import { checkFileSize } from "../../demo/app/data/tables/file-size.ts";
import { GrowingNumbers, SharedBuffers } from "../../demo/app/data/tables/growing.ts";
import { file } from "../support/demo-files.ts";

describe("numbers that come one by one", () => {
  test.each([0, 1, 127, 128, 5000, 70_000])("are all there, in order: %i of them", async (length) => {
    const buffers = new SharedBuffers();
    const columns = [0, 1].map(() => new GrowingNumbers<Float64Array<ArrayBuffer>>(Float64Array, buffers));
    const codes = new GrowingNumbers<Uint32Array<ArrayBuffer>>(Uint32Array, buffers);
    for (let i = 0; i < length; i++) {
      for (const [j, column] of columns.entries()) column.push(i + j / 2);
      codes.push(i);
    }
    const [first, second] = [await columns[0].finish(), await columns[1].finish()];
    const expected = Array.from({ length }, (_, i) => i);
    expect(Array.from(first)).toEqual(expected);
    expect(Array.from(second)).toEqual(expected.map((i) => i + 0.5));
    expect(Array.from(await codes.finish())).toEqual(expected);
  });
});

describe("a table that is too large by its size alone", () => {
  const sized = (name: string, size: number) => {
    const named = file(name, "a,b\n1,2\n");
    Object.defineProperty(named.file, "size", { value: size });
    return checkFileSize(named);
  };

  test("is refused with the remedy", async () => {
    const text = "has 2,100 MB, this page takes tables of at most 1,074 MB; open a sample of its rows";
    await expect(sized("t.csv", 2.1e9)).rejects.toThrow(`t.csv: ${text}`);
    await expect(sized("t.parquet", 3e8)).rejects.toThrow("at most 268 MB");
  });

  test("is taken up to there", async () => {
    await expect(sized("t.csv", 2 ** 30)).resolves.toBeUndefined();
  });
});
