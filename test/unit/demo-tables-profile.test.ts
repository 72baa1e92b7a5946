/** What the demo guesses about a table from its first rows: the header, kinds of columns, ids, the labels. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isMissing, readDate, readNumber, readYesNo } from "../../demo/app/data/tables/cells.ts";
import { profileColumn } from "../../demo/app/data/tables/column-profile.ts";
import { guessHeader } from "../../demo/app/data/tables/names.ts";
import { openTable } from "../../demo/app/data/tables/open-table.ts";
import { defaultTableChoices, labelWarnings } from "../../demo/app/data/tables/profile.ts";
import { profileTable } from "../../demo/app/data/tables/profile-table.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { cellsOf, file } from "../support/demo-files.ts";
import { hasData } from "../support/real-data.ts";

const { signal } = new AbortController();
const context = { signal, onProgress: () => {} };

describe("cells", () => {
  test.each(["", " ", "-", "NA", "n/a", "NaN", "null", "None", "?", " ? "])("%j is missing", (cell) => {
    expect(isMissing(cell)).toBe(true);
  });

  test.each([
    ["1.5", 1.5, Number.NaN],
    ["1,5", Number.NaN, 1.5],
    ["1,234", 1234, 1.234],
    ["1,234,567.5", 1234567.5, Number.NaN],
    ["1.234.567,5", Number.NaN, 1234567.5],
    ["-2e-3", -0.002, -0.002],
    ["1e40", Number.NaN, Number.NaN],
    ["0x10", Number.NaN, Number.NaN],
    ["12 cm", Number.NaN, Number.NaN],
  ])("%j as a number, with decimal points and commas", (cell, point, comma) => {
    expect([readNumber(cell, "."), readNumber(cell, ",")]).toEqual([point, comma]);
  });

  test.each([
    ["1970-01-02", 1, 1],
    ["1970-01-01T12:00:00Z", 0.5, 0.5],
    ["1970-01-01T01:00:00+01:00", 0, 0],
    ["02.01.1970", 1, 1],
    ["1/2/1970", 1, 31],
    ["13/1/1970", Number.NaN, 12],
    ["2023-02-29", Number.NaN, Number.NaN],
    ["2024", Number.NaN, Number.NaN],
  ])("%j as a date, month or day first", (cell, month, day) => {
    expect([readDate(cell, "m/d"), readDate(cell, "d/m")]).toEqual([month, day]);
  });

  test("yes and no in a few languages", () => {
    expect(["Yes", "ja", "OUI", "true"].map(readYesNo)).toEqual([1, 1, 1, 1]);
    expect(["n", "Nein", "non", "FALSE", "maybe"].map(readYesNo)).toEqual([0, 0, 0, 0, Number.NaN]);
  });
});

describe("a header", () => {
  const numbers = Array.from({ length: 10 }, (_, i) => [String(i), String(i % 3), "ab"[i % 2]]);
  test.each<[string, readonly string[], readonly (readonly string[])[], boolean | "unsure"]>([
    ["names above numbers", ["x", "y", "kind"], numbers, true],
    ["numbers above numbers", ["10", "1", "a"], numbers, false],
    ["names above words that repeat", ["kind"], numbers.map(([, , kind]) => [kind]), true],
    ["numbers that count", ["0", "1", "2"], numbers, "unsure"],
    ["texts that never repeat", ["a b c"], numbers.map(([i]) => [`text ${i}`]), "unsure"],
    ["no rows below", ["x"], [], "unsure"],
  ])("%s", (_, first, below, expected) => {
    expect(guessHeader(first, below)).toBe(expected);
  });
});

describe("kinds of columns", () => {
  const many = (cell: (i: number) => unknown) => Array.from({ length: 60 }, (_, i) => String(cell(i)));
  test.each<[string, readonly string[], object]>([
    ["numbers", many((i) => i % 7), { kind: "number", advice: "use", distinct: 7 }],
    ["numbers with gaps", many((i) => (i % 5 ? i % 7 : "?")), { kind: "number", missing: 12 }],
    ["yes and no", many((i) => (i % 2 ? "Yes" : "no")), { kind: "yes-no" }],
    ["0 and 1", many((i) => i % 2), { kind: "number" }],
    ["dates", many((i) => `2024-01-${1 + (i % 20)}`), { kind: "date" }],
    [
      "days first",
      many((i) => `${1 + (i % 20)}/3/2024`),
      { kind: "date", reading: { decimal: ".", dates: "d/m" } },
    ],
    ["categories", many((i) => `group ${i % 4}`), { kind: "category", advice: "use" }],
    ["sentences", many((i) => `this is the sentence of number ${i}`), { kind: "text", advice: "use" }],
    ["numbers that count rows", many((i) => i + 100), { advice: "id" }],
    ["words that all differ", many((i) => `K${i}`), { kind: "category", advice: "id" }],
    ["measurements that all differ", many((i) => Math.sin(i)), { kind: "number", advice: "use" }],
    ["always the same", many(() => "x"), { advice: "constant", reason: "always “x”" }],
    ["nothing", many(() => "NA"), { advice: "empty" }],
  ])("%s", (_, cells, expected) => {
    expect(profileColumn("c", cells, ",")).toMatchObject(expected);
  });

  test("days and months that cannot be told apart are said", () => {
    const { reason } = profileColumn("c", ["1/2/2024", "3/4/2024"], ",");
    expect(reason).toMatch(/cannot be told apart: read as month\/day\/year/);
  });
});

test("labels are doubted if they are measurements, many, or rare", async () => {
  const rows = Array.from(
    { length: 300 },
    (_, i) => `${Math.sin(i)},${i % 60},${i < 2 ? "rare" : "ab"[i % 2]}`,
  );
  const profile = await profileTable(file("a.csv", ["size,code,kind", ...rows].join("\n")), {}, signal);
  expect(profile.label).toBe("kind");
  expect(labelWarnings(profile, "size")).toEqual([
    "“size” has 300 different numbers; a classifier needs classes.",
  ]);
  expect(labelWarnings(profile, "code")).toHaveLength(1);
  expect(labelWarnings(profile, "kind")).toEqual(["The class “rare” has 2 rows: too few to learn from."]);
});

describe.skipIf(!hasData)("real tables", () => {
  const read = async (name: string) =>
    file(name, new Uint8Array(await readFile(`${process.env.DATA_DIR}/tables/${name}`)));
  const accuracyOf = async (name: string) => {
    const table = await read(name);
    const profile = await profileTable(table, {}, signal);
    const dataset = await openTable(table, defaultTableChoices(profile), context);
    const { train, validation } = dataset;
    const model = new SoftmaxRegression({ device: "wasm", standardize: false });
    await model.fit(train.x, train.y as string[]);
    const { accuracy } = await model.evaluate(validation.x, validation.y as string[]);
    model.dispose();
    return { accuracy, profile, dataset };
  };

  test.each([
    ["titanic-like.csv", true, "Survived", ["PassengerId", "Ticket"]],
    ["customers-messy.csv.gz", true, "tier", ["customer id"]],
    ["kunden-semikolon.csv", true, "tier", ["customer id"]],
    ["iris-noheader.csv", false, "column 5", []],
    ["label-first.csv", true, "outcome", []],
    ["sentences.csv", true, "label", []],
    ["data.jsonl", true, "label", []],
    ["table.xlsx", true, "label", []],
    ["table.parquet", true, "label", []],
  ])("%s: header, labels, and columns left out", async (name, hasHeader, label, leftOut) => {
    const { columns, ...profile } = await profileTable(await read(name), {}, signal);
    expect(profile).toMatchObject({ hasHeader, isHeaderSure: true, label });
    expect(columns.filter(({ advice }) => advice !== "use").map((column) => column.name)).toEqual(leftOut);
  });

  test.each([
    ["customers-messy.csv.gz", 0.8],
    ["iris-noheader.csv", 0.9],
    ["sentences.csv", 0.95],
    ["label-first.csv", 0.85],
    ["data.jsonl", 0.65],
    // Sex alone gives 0.775 on the rows that are held back here.
    ["titanic-like.csv", 0.75],
  ])("%s: accuracy on rows held back", async (name, least) => {
    const { accuracy } = await accuracyOf(name);
    expect(accuracy).toBeGreaterThan(least);
  });

  test("windows-1252 gives the same columns as UTF-8", async () => {
    const [utf8, old] = [await accuracyOf("kunden-semikolon.csv"), await accuracyOf("kunden-cp1252.csv.gz")];
    for (const { name } of utf8.dataset.encoder?.columns ?? [])
      expect(cellsOf(old.dataset, name)).toEqual(cellsOf(utf8.dataset, name));
    expect(cellsOf(old.dataset, "region")).toContain("Île-de-France");
    expect(old.dataset.description).toContain("was read as windows-1252");
  });
});
