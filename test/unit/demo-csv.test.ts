/** The demo's reader of CSV files: what it makes of good ones, and what it says of bad ones. */

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { csvColumns } from "../../demo/app/data/csv.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { DEFAULT_PICTURES, likelyLabel } from "../../demo/app/data/open-context.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { Opening } from "../../demo/app/state/opening.ts";
import { expectRefused, file, open, TABLE } from "../support/demo-files.ts";
import { hasData } from "../support/real-data.ts";

/** Rows of a table, `count` of each class. */
function tableText(count: number, newline = "\n", delimiter = ","): string {
  const rows = Array.from({ length: 2 * count }, (_, i) => [i, i / 2, i % 2 ? "b" : "a"].join(delimiter));
  return [["width", "height", "species"].join(delimiter), ...rows, ""].join(newline);
}

describe("CSV", () => {
  test.each([
    ["commas", tableText(10)],
    ["semicolons, and lines that end in CR LF", tableText(10, "\r\n", ";")],
    ["tabs, and a byte order mark", `\ufeff${tableText(10, "\n", "\t")}`],
    ["quoted cells", tableText(10).replaceAll("a\n", '"a"\n').replace("width", '"width"')],
    ["empty rows", tableText(10).replaceAll("\n", "\n\n")],
    ["no newline at the end", tableText(10).trimEnd()],
  ])("%s: the same data set", async (_, text) => {
    const dataset = await open([file("iris.csv", text)]);
    expect(dataset).toMatchObject({ name: "iris.csv", image: null, features: ["width", "height"] });
    expect(dataset.train.x).toMatchObject({ rows: 16, cols: 2 });
    expect(dataset.validation.x).toMatchObject({ rows: 4, cols: 2 });
    expect(dataset.validation.y.toSorted()).toEqual(["a", "a", "b", "b"]);
    for (const { x, y } of [dataset.train, dataset.validation]) {
      for (const [i, label] of y.entries()) {
        const [width, height] = asDense(x).data.subarray(2 * i, 2 * i + 2);
        expect([height, label]).toEqual([width / 2, width % 2 ? "b" : "a"]);
      }
    }
    expect(dataset.description).toBe("16 rows to train on, 4 to validate on.");
  });

  test("a large file, gzip, in many pieces: every row comes once, in order", async () => {
    const text = tableText(60_000).replaceAll("a\n", '"ä, ""x""\n"\n');
    const opening = open([file("large.csv.gz", new Uint8Array(gzipSync(text)))]);
    const { train, validation } = await opening;
    const seen = [...asDense(train.x).data, ...asDense(validation.x).data].filter((_, at) => at % 2 === 0);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120_000 }, (_, i) => i));
    expect(new Set(train.y)).toEqual(new Set(['ä, "x"', "b"]));
    expect(opening.progress.at(-1)).toEqual({ text: "Reading large.csv.gz", share: 1 });
  });

  const german = tableText(10, "\n", ";").replaceAll(
    /^(\d+);(\d+)(?:\.(\d))?/gm,
    (_, width, whole, tenth = 0) => `${width},0;${whole},${tenth}`,
  );
  test.each([
    ["in the numbers", german],
    ["in the header as well", german.replace("width;height", "width, cm;height, cm")],
  ])("decimal commas beside semicolons: %s", async (_, text) => {
    const columns = await csvColumns(file("c.csv", text), new AbortController().signal);
    expect(columns.map(({ isNumeric }) => isNumeric)).toEqual([true, true, false]);
    const { train, description } = await open([file("c.csv", text)]);
    expect(train.x).toMatchObject({ rows: 16, cols: 2 });
    expect(train.y).toEqual(train.y.map((_, i) => (asDense(train.x).data[2 * i] % 2 ? "b" : "a")));
    expect(train.y).toEqual(train.y.map((_, i) => (asDense(train.x).data[2 * i + 1] % 1 ? "b" : "a")));
    expect(description).toMatch(/Commas in numbers were read as decimal commas\.$/);
  });

  test("labels that are whole numbers are numbers", async () => {
    const text = tableText(10).replaceAll(",a\n", ",10\n").replaceAll(",b\n", ",9\n");
    const { train } = await open([file("n.csv", text)]);
    expect(new Set(train.y)).toEqual(new Set([9, 10]));
  });

  test("pixels become bytes, the brightest value 255", async () => {
    const rows = Array.from({ length: 10 }, (_, i) => `0,4,8,16,${i % 2}`);
    const text = ["p0,p1,p2,p3,species", ...rows].join("\n");
    const { train, image, features } = await open([file("p.csv", text)], { arePixels: true });
    expect({ image, features }).toEqual({ image: { width: 2, height: 2, channels: 1 }, features: null });
    expect(asDense(train.x).data.slice(0, 4)).toEqual(Uint8Array.of(0, 64, 128, 255));
    const message = "p.csv: 2 features are the pixels of no square picture";
    await expectRefused([file("p.csv", tableText(9))], message, { arePixels: true });
  });

  test("missing values are refused with their row, or skipped and counted", async () => {
    const text = tableText(10).replace("\n3,1.5,", "\n3,NA,").replace("\n5,2.5,b", "\n5,2.5,");
    await expectRefused([file("m.csv", text)], "m.csv: row 5 has no value in the column “height”");
    const dataset = await open([file("m.csv", text)], { skipIncomplete: true });
    expect(dataset.train.x.rows + dataset.validation.x.rows).toBe(18);
    expect(dataset.description).toMatch(/Rows with missing values, left out: 2\.$/);
  });

  test("a column of text is refused by name and row, or left out", async () => {
    const text = tableText(10).replaceAll(/^(\d+),(?=[\d.]+)/gm, "$1 cm,");
    await expectRefused(
      [file("t.csv", text)],
      "t.csv: the column “width” is not numeric: row 2 has “0 cm”; untick it under “Features”",
    );
    const { features } = await open([file("t.csv", text)], { leaveOut: ["width"] });
    expect(features).toEqual(["height"]);
  });

  test.each<[string, string, string, object?]>([
    ["an empty file", "", "has no rows below its header"],
    ["a header alone", "width,species\n", "has no rows below its header"],
    ["one column", "species\na\nb\n", "its header has one column, “species”"],
    ["a name twice", "x,x,species\n1,2,a\n", "two columns are named “x”"],
    ["no such column", tableText(3), "has no column “kind”", { label: "kind" }],
    [
      "nothing but labels",
      tableText(3),
      "no column is left to be a feature; tick one under “Features”",
      { leaveOut: ["width", "height"] },
    ],
    ["a short row", `${tableText(3)}7,a\n`, "row 8 has 2 cells, the header 3"],
    ["one class", "x,species\n1,a\n2,a\n", 'every row has the label "a"'],
    ["a label per row", "x,species\n1,a\n2,b\n", "every row has a label of its own"],
    ["an open quotation mark", `${tableText(3)}"7,8,a\n`, "the quotation marks in row 8 do not pair"],
    [
      "decimal commas that part cells",
      tableText(3).replaceAll(".", ","),
      "row 3 has 4 cells, the header 3; if numbers have decimal commas, save it with semicolons",
    ],
    [
      "decimal commas beside tabs",
      tableText(3, "\n", "\t").replaceAll(".", ","),
      "row 3, column “height”: “0,5” may have a decimal comma; these are read where semicolons part",
    ],
    [
      "quoted numbers that may be decimal or grouped",
      tableText(3).replace("\n4,", '\n"1,234",'),
      "row 6, column “width”: “1,234” may have a decimal comma",
    ],
    [
      "decimal commas and points",
      tableText(3, "\n", ";").replace("0.5", "0,5"),
      "decimal commas and points are mixed in “0,5” (row 3, column “height”) and “1.5” (row 5, column “height”); write all numbers alike",
    ],
    [
      "a decimal comma and groups of digits",
      tableText(3, "\n", ";").replace("0.5", "1.000,5"),
      "decimal commas and points are mixed in “1.000,5” (row 3, column “height”); write",
    ],
    [
      "a number too large",
      tableText(3).replace("\n4,", "\n1e40,"),
      "row 6, column “width”: 1e40 is too large; features are float32, at most 3.4e38",
    ],
  ])("%s", async (_, text, message, choices) =>
    expectRefused([file("c.csv", text)], `c.csv: ${message}`, choices),
  );

  test("1,000 classes are taken, more are refused as soon as they come", async () => {
    const text = (classes: number) =>
      ["x,id", ...Array.from({ length: 2400 }, (_, i) => `${i},${i % classes}`)].join("\n");
    expect(new Set((await open([file("i.csv", text(1000))], { label: "id" })).train.y).size).toBe(1000);
    await expectRefused(
      [file("i.csv", text(1200))],
      "i.csv: the column “id” would give more than 1,000 classes; it looks like ids or numbers, so choose another label column",
      { label: "id" },
    );
  });

  test("bytes that are no text, and gzip data cut off", async () => {
    await expectRefused([file("b.csv", Uint8Array.of(0x61, 0xff, 0xfe, 0x0a))], "b.csv: is no text in UTF-8");
    const cut = new Uint8Array(gzipSync(tableText(100)).subarray(0, 60));
    await expectRefused([file("b.csv.gz", cut)], "b.csv.gz: cannot be read to its end");
  });

  describe("wide tables", () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);
    const signal = new AbortController().signal;

    test("100,000 columns: all are known, text is told from numbers, and rows are read", async () => {
      const row = (i: number) =>
        [...names(99_998).map((_, j) => (i + j) % 3), i % 2 ? "a" : "b", i % 5].join();
      const rows = Array.from({ length: 10 }, (_, i) => row(i));
      const wide = file("w.csv", [[...names(99_998), "species", "last"].join(), ...rows].join("\n"));
      const columns = await csvColumns(wide, signal);
      expect(columns.length).toBe(100_000);
      expect(columns.filter(({ isNumeric }) => !isNumeric)).toEqual([{ name: "species", isNumeric: false }]);
      const { train, features } = await open([wide]);
      expect(features?.at(-1)).toBe("last");
      expect(train.x).toMatchObject({ rows: 8, cols: 99_999 });
      expect(new Set(train.y)).toEqual(new Set(["a", "b"]));
    });

    test("more than 131,072 columns are refused by their number, before any row is read", async () => {
      const most = csvColumns(file("w.csv", `${names(2 ** 17).join()}\n`), signal);
      expect((await most).length).toBe(2 ** 17);
      const more = file("w.csv", `${names(2 ** 17 + 1).join()}\n`);
      await expect(csvColumns(more, signal)).rejects.toThrow(
        "w.csv: its header has 131,073 columns, this page takes at most 131,072",
      );
    });

    test("a row that comes in many pieces, with line ends in quotation marks", async () => {
      const cell = `"${'two\nlines, ""quoted""\n'.repeat(100_000)}"`;
      const text = `x,note,species\n1,${cell},a\n2,b,b\n3,${cell},a\n4,${cell},b\n`;
      const { train, validation } = await open([file("q.csv", text)], { leaveOut: ["note"] });
      expect([...asDense(train.x).data, ...asDense(validation.x).data].toSorted()).toEqual([1, 2, 3, 4]);
    });
  });

  const endless = "row 6 does not end within 4,194,304 characters; each row of a table has a line of its own";
  const open6 = "row 6 does not end within 4,194,304 characters; is a quotation mark not closed?";
  test.each([
    ["the header", "", "x", "", endless.replace("6", "1")],
    ["the header, a quotation mark in it", "", 'x"x', "", open6.replace("6", "1")],
    ["the last row", tableText(2), "7", "", endless],
    ["the last row, a quotation mark before it", `${tableText(2)}"`, "7,8,a\n", "", open6],
    ["a row before others", tableText(2), "7", `\n${tableText(2)}`, endless],
  ])("a row that goes on and on is named as that: %s", async (_, start, part, end, message) => {
    const long = file("c.csv", start + part.repeat(6_000_000 / part.length) + end);
    await expectRefused([long], `c.csv: ${message}`);
    if (start !== "") return;
    await expect(csvColumns(long, new AbortController().signal)).rejects.toThrow(`c.csv: ${message}`);
  });

  test("wrong quotation marks in a row that does not end yet are named at once", async () => {
    const text = `${tableText(2)}"${'x"x'.repeat(3_000_000)}`;
    await expectRefused([file("c.csv", text)], "c.csv: the quotation marks in row 6 do not pair");
  });

  test("long names and labels are refused, and repeated in short", async () => {
    const long = "n".repeat(1001);
    await expectRefused(
      [file("c.csv", `${long},species\n1,a\n`)],
      "c.csv: the name of column 1 has 1,001 characters, at most 1,000 are taken: it is a text and no name",
    );
    await expectRefused(
      [file("c.csv", `x,species\n1,${long}\n`)],
      "c.csv: the label in row 2 has 1,001 characters, at most 1,000",
    );
    const digits = "9".repeat(1001);
    await expectRefused(
      [file("c.csv", `x,species\n${digits},a\n`)],
      `c.csv: row 2, column “x”: ${"9".repeat(60)}… is too large`,
    );
  });

  test("columns that are left out are named in the description, the first few of many", async () => {
    const two = await open([file("i.csv", tableText(10))], { leaveOut: ["width", "species"] });
    expect(two.description).toMatch(/ Columns left out: width\.$/);
    const names = Array.from({ length: 18 }, (_, i) => `p${i}`);
    const rows = Array.from({ length: 10 }, (_, i) => [...names.map(() => 1), i % 2].join());
    const text = [[...names, "species"].join(), ...rows].join("\n");
    const { description, features } = await open([file("w.csv", text)], { leaveOut: names.slice(1) });
    expect(features).toEqual(["p0"]);
    expect(description).toMatch(/ Columns left out: p1, p2, p3, p4, p5 and 12 more\.$/);
  });

  test("text far down the file: its column is named, the form comes back as it was, and can leave it out", async () => {
    const opened: DemoDataset[] = [];
    const opening = new Opening(async (dataset) => void opened.push(dataset));
    await opening.offer(Promise.resolve([file("late.csv", `${tableText(300)}600,high,a\n`)]));
    const asked = opening.stage.value;
    expect(asked).toMatchObject({ kind: "table", columns: [{}, { name: "height", isNumeric: true }, {}] });
    const pictures = DEFAULT_PICTURES;
    const table = { ...TABLE, split: "plain" } as const;
    await opening.answer({ table, pictures });
    expect(opening.problem.value).toBe(
      "late.csv: the column “height” is not numeric: row 602 has “high”; untick it under “Features”",
    );
    expect(opening.stage.value).toBe(asked);
    expect(opening.choices.value.table).toEqual(table);
    await opening.answer({ table: { ...table, leaveOut: ["height"] }, pictures });
    expect(opening.stage.value).toEqual({ kind: "idle" });
    expect(opened).toMatchObject([{ features: ["width"] }]);
  });

  test("columns and the likeliest labels", async () => {
    const signal = new AbortController().signal;
    const text = tableText(5).replace("\n1,", "\n?,").replace("\n3,", "\n1e300,");
    const columns = await csvColumns(file("a.csv", text), signal);
    expect(columns.map(({ isNumeric }) => isNumeric)).toEqual([true, true, false]);
    expect(likelyLabel(columns)).toBe("species");
    const plain = (name: string) => ({ name, isNumeric: true });
    expect(likelyLabel([plain("label"), plain("p0")])).toBe("label");
    expect(likelyLabel([plain("p0"), { name: "kind", isNumeric: false }, plain("p1")])).toBe("kind");
    expect(likelyLabel([plain("p0"), plain("p1")])).toBe("p1");
  });

  test("an abort rejects with its reason", async () => {
    const controller = new AbortController();
    const opening = open([file("a.csv", tableText(100_000))], {}, controller.signal);
    controller.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });

  test.skipIf(!hasData)("real files: iris, and digits as pixels", async () => {
    const read = async (name: string) =>
      file(name, new Uint8Array(await readFile(`${process.env.DATA_DIR}/${name}`)));
    const iris = await open([await read("iris.csv")]);
    expect([iris.train.x.rows, iris.validation.x.rows]).toEqual([120, 30]);
    const digits = await open([await read("digits.csv.gz")], { label: "digit", arePixels: true });
    expect(digits.image).toEqual({ width: 8, height: 8, channels: 1 });
    expect(digits.train.x.rows + digits.validation.x.rows).toBe(1797);
  });
});
