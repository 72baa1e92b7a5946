/** The demo's encoder of tables: what training rows teach it, what it makes of other rows, and its JSON. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denseRows } from "../../demo/app/data/rows.ts";
import { columnBuilder } from "../../demo/app/data/tables/column-builder.ts";
import type { ColumnKind, TableColumn } from "../../demo/app/data/tables/columns.ts";
import { TableEncoder } from "../../demo/app/data/tables/encoder.ts";
import { SharedBuffers } from "../../demo/app/data/tables/growing.ts";
import { transformTable } from "../../demo/app/data/tables/transform-table.ts";
import { FormatError } from "../../src/index.ts";
import { file } from "../support/demo-files.ts";

const context = { signal: new AbortController().signal, onProgress: () => {} };

function column(name: string, kind: ColumnKind, cells: readonly string[]): Promise<TableColumn> {
  const builder = columnBuilder({ name, kind }, "t.csv", new SharedBuffers());
  for (const [i, cell] of cells.entries()) builder.add(cell, i + 2);
  return builder.finish();
}

/** Encoded rows as lists. */
async function rowsOf(encoder: TableEncoder, columns: readonly TableColumn[]): Promise<number[][]> {
  const x = await encoder.transform(columns, context);
  const { data, cols } = denseRows(x, 0, x.rows);
  return Array.from({ length: x.rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

const names = (encoder: TableEncoder) => encoder.features.map(({ name }) => name);

describe("each kind", () => {
  test("numbers: standardised, the median for a gap, and a feature that tells gaps", async () => {
    const ages = await column("age", "number", ["1", "3", "", "3", "9"]);
    const encoder = await TableEncoder.fit([ages], context);
    expect(names(encoder)).toEqual(["age", "age is missing"]);
    const rows = await rowsOf(encoder, [ages]);
    const deviation = 3;
    const expected = [1, 3, 3, 3, 9].map((value, i) => [(value - 4) / deviation, i === 2 ? 1 : 0]);
    for (const [i, row] of rows.entries())
      for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected[i][j], 6);
    expect(encoder.columns[0]).toMatchObject({ usual: "3" });
  });

  test("a constant is 0, a gap that training rows did not have is the median", async () => {
    const encoder = await TableEncoder.fit([await column("c", "number", ["7", "7"])], context);
    expect(await rowsOf(encoder, [await column("c", "number", ["7", "9", "?"])])).toEqual([[0], [0], [0]]);
  });

  test("categories: one of them, others, gaps", async () => {
    const many = Array.from({ length: 62 }, (_, i) => `v${Math.floor(i / 2)}`);
    const encoder = await TableEncoder.fit(
      [await column("c", "category", ["top", "top", "top", ...many, "NA"])],
      context,
    );
    expect(names(encoder)).toHaveLength(32);
    expect(names(encoder).slice(-2)).toEqual(["c: other values", "c is missing"]);
    const rows = await rowsOf(encoder, [await column("c", "category", ["top", "v0", "new", ""])]);
    expect(rows.map((row) => row.flatMap((value, j) => (value ? [`${j}:${value}`] : [])))).toEqual([
      ["0:1"],
      ["1:1"],
      ["30:1"],
      ["0:1", "31:1"],
    ]);
  });

  test("unseen categories are all zeros if training rows had no others", async () => {
    const encoder = await TableEncoder.fit([await column("c", "category", ["a", "b"])], context);
    expect(await rowsOf(encoder, [await column("c", "category", ["b", "z"])])).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  test("yes and no in any spelling", async () => {
    const encoder = await TableEncoder.fit([await column("c", "yes-no", ["Yes", "no", "no", ""])], context);
    expect(names(encoder)).toEqual(["c: Yes", "c is missing"]);
    expect(await rowsOf(encoder, [await column("c", "yes-no", ["ja", "NO", "", "perhaps"])])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
      [0, 1],
    ]);
  });

  test("texts give sparse rows: the other features first, then the words", async () => {
    const columns = [
      await column("t", "text", ["red fox", "blue sky", ""]),
      await column("n", "number", ["1", "2", "3"]),
    ];
    const encoder = await TableEncoder.fit(columns, context);
    expect(names(encoder)).toEqual(["n", "t: “blue”", "t: “fox”", "t: “red”", "t: “sky”"]);
    expect(encoder.features.map((feature) => feature.column)).toEqual([1, 0, 0, 0, 0]);
    const x = await encoder.transform(columns, context);
    expect(x).toMatchObject({ rows: 3, cols: 5, indptr: Uint32Array.of(0, 3, 5, 6) });
    const rows = await rowsOf(encoder, columns);
    expect(rows[0].slice(1)).toEqual([0, Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2), 0]);
    expect(rows[2].slice(1)).toEqual([0, 0, 0, 0]);
  });

  test("texts without a word teach nothing", async () => {
    const columns = [await column("t", "text", ["", "?"]), await column("n", "number", ["1", "2"])];
    const encoder = await TableEncoder.fit(columns, context);
    expect(names(encoder)).toEqual(["n"]);
    expect(await rowsOf(encoder, columns)).toEqual([[-1], [1]]);
  });
});

const KINDS = ["number", "date", "yes-no", "category", "text"] as const;
const cell = fc.oneof(
  fc.constantFrom("", "NA", "yes", "no", "a", "b", "2024-03-04", "1,5", "__proto__"),
  fc.double().map(String),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const table = fc
  .tuple(fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 12 }))
  .chain(([kinds, rows]) =>
    fc.tuple(
      fc.constant(kinds),
      fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), {
        minLength: kinds.length,
        maxLength: kinds.length,
      }),
    ),
  );

describe("any table", () => {
  test("gives finite features, the same after JSON, and the same row by row", async () => {
    await fc.assert(
      fc.asyncProperty(table, async ([kinds, cells]) => {
        const columns = await Promise.all(kinds.map((kind, j) => column(`c${j}`, kind, cells[j])));
        const encoder = await TableEncoder.fit(columns, context);
        const rows = await rowsOf(encoder, columns);
        expect(rows.flat().every(Number.isFinite)).toBe(true);
        const restored = TableEncoder.fromJson(JSON.parse(JSON.stringify(encoder.toJson())));
        expect(restored.toJson()).toEqual(encoder.toJson());
        expect(restored.columns).toEqual(encoder.columns);
        expect(restored.features).toEqual(encoder.features);
        expect(await rowsOf(restored, columns)).toEqual(rows);
        const record = new Map(kinds.map((_, j) => [`c${j}`, cells[j][0]]));
        const { x } = await restored.transformRecord(record);
        if (!cells.some(([first]) => first.includes(","))) {
          expect(Array.from(denseRows(x, 0, 1).data)).toEqual(rows[0]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("JSON that was changed anywhere is refused, or is an encoder", async () => {
    const columns = await Promise.all(
      KINDS.map((kind, j) => column(`c${j}`, kind, ["yes", "no", "2", "some words", ""])),
    );
    const json = JSON.stringify((await TableEncoder.fit(columns, context)).toJson());
    const parts = fc.constantFrom("null", "-1", "1e300", '""', "[]", "{}", "true", '"category"');
    await fc.assert(
      fc.property(fc.nat(json.length), parts, (at, part) => {
        const end = json.slice(at).search(/[,}\]]/);
        const start = json.slice(0, at).lastIndexOf(":") + 1;
        const changed = json.slice(0, start) + part + json.slice(at + Math.max(0, end));
        let value: unknown;
        try {
          value = JSON.parse(changed);
        } catch {
          return;
        }
        try {
          TableEncoder.fromJson(value);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
    for (const value of [null, 5, [], {}, { format: "softmax-webgpu table encoder", version: 2 }])
      expect(() => TableEncoder.fromJson(value)).toThrow(FormatError);
  });
});

test("a form's cells: unreadable ones are told, absent ones are missing", async () => {
  const columns = [
    await column("n", "number", ["1", "2", "3"]),
    await column("d", "date", ["2024-01-01", "2024-01-03", "2024-01-02"]),
    await column("c", "category", ["a", "b", "a"]),
  ];
  const encoder = await TableEncoder.fit(columns, context);
  expect(encoder.columns.map(({ usual }) => usual)).toEqual(["2", "2024-01-02", "a"]);
  const { x, problems } = await encoder.transformRecord(
    new Map([
      ["n", "abc"],
      ["c", "z"],
    ]),
  );
  expect(Array.from(denseRows(x, 0, 1).data)).toEqual([0, 0, 0, 0]);
  expect([...problems]).toEqual([
    ["n", "“abc” is no number; it counts as missing"],
    ["c", "“z” was not among the training rows"],
  ]);
});

describe("a file of new rows", () => {
  const fitted = Promise.all([column("n", "number", ["1", "3"]), column("c", "category", ["a", "b"])]).then(
    (columns) => TableEncoder.fit(columns, context),
  );
  const blocksOf = async (text: string) => {
    const blocks = [];
    for await (const block of transformTable(await fitted, file("new.csv", text), context))
      blocks.push(block);
    return blocks;
  };

  test("columns by name in any order, others ignored and named", async () => {
    const [block, ...rest] = await blocksOf("label,c,n\nx,b,3\ny,a,1\n");
    expect(rest).toEqual([]);
    expect(block).toMatchObject({ header: ["label", "c", "n"], ignored: ["label"] });
    expect(Array.from(denseRows(block.x, 0, 2).data)).toEqual([1, 0, 1, -1, 1, 0]);
    expect([Array.from(block.numbers), block.cells[1]]).toEqual([
      [2, 3],
      ["y", "a", "1"],
    ]);
  });

  test("no header, but exactly the columns", async () => {
    const [block] = await blocksOf("3,b\n1,a\n3,a\n1,b\n1,b\n3,a\n");
    expect(Array.from(block.numbers)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Array.from(denseRows(block.x, 0, 1).data)).toEqual([1, 0, 1]);
  });

  test("missing columns are named", async () => {
    await expect(blocksOf("label,n\nx,3\ny,1\nx,1\nx,2\n")).rejects.toThrow(
      "new.csv: has no column named c;",
    );
  });

  test("many rows come in blocks", async () => {
    const blocks = await blocksOf(`n,c\n${"1,a\n".repeat(10_000)}`);
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.reduce((sum, { x }) => sum + x.rows, 0)).toBe(10_000);
    expect(blocks.at(-1)?.numbers.at(-1)).toBe(10_001);
  });
});
