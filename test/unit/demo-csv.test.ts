/** The demo's reader of CSV files: what it makes of good ones, and what it says of bad ones. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { DEFAULT_PICTURES } from "../../demo/app/data/open-context.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { profileTable } from "../../demo/app/data/tables/profile-table.ts";
import { Opening } from "../../demo/app/state/opening.ts";
import { cellsOf, expectRefused, file, open, TABLE } from "../support/demo-files.ts";
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
    const labels = [...dataset.train.y, ...dataset.validation.y];
    const widths = cellsOf(dataset, "width").map(Number);
    expect(cellsOf(dataset, "height")).toEqual(widths.map((width) => String(width / 2)));
    expect(labels).toEqual(widths.map((width) => (width % 2 ? "b" : "a")));
    expect(widths.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(dataset.description).toBe("16 rows to train on, 4 to validate on.");
  });

  test("a large file, gzip, in many pieces: every row comes once, in order", async () => {
    const text = tableText(60_000).replaceAll("a\n", '"ä, ""x""\n"\n');
    const opening = open([file("large.csv.gz", new Uint8Array(gzipSync(text)))]);
    const dataset = await opening;
    const { train } = dataset;
    const seen = cellsOf(dataset, "width").map(Number);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120_000 }, (_, i) => i));
    expect(new Set(train.y)).toEqual(new Set(['ä, "x"', "b"]));
    expect(opening.progress).toContainEqual({ text: "Reading large.csv.gz", share: 1 });
  });

  const german = tableText(10, "\n", ";").replaceAll(
    /^(\d+);(\d+)(?:\.(\d))?/gm,
    (_, width, whole, tenth = 0) => `${width},0;${whole},${tenth}`,
  );
  test.each([
    ["in the numbers", german],
    ["in the header as well", german.replace("width;height", "width, cm;height, cm")],
  ])("decimal commas beside semicolons: %s", async (_, text) => {
    const { columns } = await profileTable(file("c.csv", text), {}, new AbortController().signal);
    expect(columns.map(({ kind, reading }) => [kind, reading.decimal])).toEqual([
      ["number", ","],
      ["number", ","],
      ["category", "."],
    ]);
    const [width, height] = columns.map(({ name }) => name);
    const dataset = await open([file("c.csv", text)], { kinds: new Map([[width, "number"]]) });
    expect(dataset.train.x).toMatchObject({ rows: 16, cols: 2 });
    const widths = cellsOf(dataset, width).map(Number);
    expect(cellsOf(dataset, height)).toEqual(widths.map((value) => String(value / 2)));
    expect(dataset.description).toMatch(/Commas in numbers were read as decimal commas\.$/);
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

  test("missing cells are imputed and told apart, rows without a label are left out", async () => {
    const text = tableText(10).replace("\n3,1.5,", "\n3,NA,").replace("\n5,2.5,b", "\n5,2.5,?");
    const dataset = await open([file("m.csv", text)]);
    expect(dataset.train.x.rows + dataset.validation.x.rows).toBe(19);
    expect(dataset.features).toEqual(["width", "height", "height is missing"]);
    expect(cellsOf(dataset, "height").filter((cell) => cell === "")).toEqual([""]);
    expect(dataset.description).toMatch(/Rows without a label, left out: 1\.$/);
  });

  test("text in a column of numbers counts as missing, and is told with its row", async () => {
    const text = `${tableText(300)}1,high,a\n2,higher,b\n3,1,a\n`;
    const { description } = await open([file("t.csv", text)]);
    expect(description).toMatch(
      /2 cells of “height” are not numbers, for example “high” in row 602; they count as missing\.$/,
    );
    const { features } = await open([file("t.csv", text)], { kinds: new Map([["height", "leave out"]]) });
    expect(features).toEqual(["width"]);
  });

  test("a column of text as a category", async () => {
    const text = tableText(10).replaceAll(/^(\d+),(?=[\d.]+)/gm, (_, i) => `${i % 3} cm,`);
    const { features } = await open([file("t.csv", text)], { kinds: new Map() });
    expect(features).toEqual(["width: 0 cm", "width: 1 cm", "width: 2 cm", "height"]);
  });

  test.each<[string, string, string, object?]>([
    ["an empty file", "", "is empty"],
    ["a header alone", "width,species\n", "has no rows below its header"],
    ["one column", "species\na\nb\n", "its header has one column, “species”"],
    ["a name twice", "x,x,species\n1,2,a\n", "two columns are named “x”"],
    ["no such column", tableText(3), "has no column “kind”", { label: "kind" }],
    [
      "nothing but labels",
      tableText(3),
      "no column is left to be a feature; tick one under “Features”",
      {
        kinds: new Map([
          ["width", "leave out"],
          ["height", "leave out"],
        ]),
      },
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
    await expectRefused(
      [file("b.csv", Uint8Array.of(0x61, 0, 0xfe, 0x0a, 0x61, 0x61, 0x61, 0x0a))],
      "b.csv: is no text in UTF-8",
    );
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
      const { columns } = await profileTable(wide, {}, signal);
      expect(columns.length).toBe(100_000);
      expect(columns.filter(({ kind }) => kind !== "number").map(({ name }) => name)).toEqual(["species"]);
      const { train, features } = await open([wide]);
      expect(features?.at(-1)).toBe("last");
      expect(train.x).toMatchObject({ rows: 8, cols: 99_999 });
      expect(new Set(train.y)).toEqual(new Set(["a", "b"]));
    });

    test("more than 131,072 columns are refused by their number, before any row is read", async () => {
      const most = await profileTable(file("w.csv", `${names(2 ** 17).join()}\n`), {}, signal);
      expect(most.columns.length).toBe(2 ** 17);
      const more = file("w.csv", `${names(2 ** 17 + 1).join()}\n`);
      await expect(profileTable(more, {}, signal)).rejects.toThrow(
        "w.csv: its header has 131,073 columns, this page takes at most 131,072",
      );
    });

    test("a row that comes in many pieces, with line ends in quotation marks", async () => {
      const cell = `"${'two\nlines, ""quoted""\n'.repeat(100_000)}"`;
      const text = `x,note,species\n1,${cell},a\n2,b,b\n3,${cell},a\n4,${cell},b\n`;
      const dataset = await open([file("q.csv", text)], { kinds: new Map([["note", "leave out"]]) });
      expect(cellsOf(dataset, "x").toSorted()).toEqual(["1", "2", "3", "4"]);
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
    await expect(profileTable(long, {}, new AbortController().signal)).rejects.toThrow(`c.csv: ${message}`);
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
  });

  test("columns that are left out are named in the description, the first few of many", async () => {
    const two = await open([file("i.csv", tableText(10))], { kinds: new Map([["width", "leave out"]]) });
    expect(two.description).toMatch(/ Columns left out: width\.$/);
    const names = Array.from({ length: 18 }, (_, i) => `p${i}`);
    const rows = Array.from({ length: 10 }, (_, i) => [...names.map(() => 1), i % 2].join());
    const text = [[...names, "species"].join(), ...rows].join("\n");
    const kinds = new Map(
      names.map((name, i) => [name, i === 0 ? ("number" as const) : ("leave out" as const)]),
    );
    const { description, features } = await open([file("w.csv", text)], { kinds });
    expect(features).toEqual(["p0"]);
    expect(description).toMatch(/ Columns left out: p1, p2, p3, p4, p5 and 12 more\.$/);
  });

  test("a form that was answered with what cannot be opened comes back as it was", async () => {
    const opened: DemoDataset[] = [];
    const opening = new Opening(async (dataset) => void opened.push(dataset));
    await opening.offer(Promise.resolve([file("late.csv", `${tableText(300)}600,high\n`)]));
    const asked = opening.stage.value;
    expect(asked).toMatchObject({ kind: "table", profile: { hasHeader: true, label: "species" } });
    const pictures = DEFAULT_PICTURES;
    await opening.answer({ table: TABLE, pictures });
    expect(opening.problem.value).toBe("late.csv: row 602 has 2 cells, the header 3");
    expect(opening.stage.value).toBe(asked);
    expect(opening.choices.value.table).toEqual(TABLE);
    await opening.reprofile(false);
    expect(opening.stage.value).toMatchObject({
      kind: "table",
      profile: { hasHeader: false, isHeaderSure: true, label: "column 3", columns: [{}, {}, {}] },
    });
    expect(opening.choices.value.table).toBe(null);
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
