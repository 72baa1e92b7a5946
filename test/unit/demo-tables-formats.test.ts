/** The demo's readers of tables in every format: what they make of good files, and of broken ones. */
import { readFile } from "node:fs/promises";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { NamedFile } from "../../demo/app/data/open-context.ts";
import { kindOf } from "../../demo/app/data/open-kind.ts";
import { isModelFile } from "../../demo/app/data/tables/formats.ts";
import { openSource } from "../../demo/app/data/tables/open-source.ts";
import { SoftmaxError } from "../../src/index.ts";
import { file, open } from "../support/demo-files.ts";
import { hasData } from "../support/real-data.ts";

const context = { signal: new AbortController().signal, onProgress: () => {} };

/** Everything that is read of a file. */
async function read(named: NamedFile) {
  const source = await openSource(named, context);
  const rows: (readonly string[])[] = [];
  let next = 1;
  for await (const batch of source.rows()) {
    expect(batch.first).toBe(next);
    next += batch.rows.length;
    rows.push(...batch.rows);
  }
  return { names: source.names, rows, remarks: source.remarks.join(" ") };
}

function utf16(text: string, isBig: boolean, mark = ""): Uint8Array<ArrayBuffer> {
  const whole = mark + text;
  const bytes = new Uint8Array(2 * whole.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < whole.length; i++) view.setUint16(2 * i, whole.charCodeAt(i), !isBig);
  return bytes;
}

const TABLE = "name,size\nÄpfel,1\nBirnen,2\n";
const ROWS = [
  ["name", "size"],
  ["Äpfel", "1"],
  ["Birnen", "2"],
];
const LATIN = Uint8Array.from(TABLE, (letter) => letter.charCodeAt(0));

describe("text", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, RegExp]>([
    ["UTF-8", TABLE, /^$/],
    ["a byte order mark", `\ufeff${TABLE}`, /^$/],
    ["UTF-16, little end first", utf16(TABLE, false, "\ufeff"), /UTF-16/],
    ["UTF-16, big end first", utf16(TABLE, true, "\ufeff"), /UTF-16/],
    ["UTF-16 without a mark", utf16(TABLE, false), /UTF-16/],
    ["windows-1252", LATIN, /windows-1252/],
    ["CR alone", TABLE.replaceAll("\n", "\r"), /^$/],
    ["a line that names the delimiter", `sep=|\n${TABLE.replaceAll(",", "|")}`, /^$/],
  ])("%s", async (_, content, remark) => {
    const { rows, remarks } = await read(file("a.csv", content));
    const trimmed = rows.map((cells) => cells.map((cell) => cell.trim()));
    expect(trimmed.filter((cells) => cells.join("") !== "")).toEqual(ROWS);
    expect(remarks).toMatch(remark);
  });

  test("windows-1252 far down, with the letter across two pieces", async () => {
    for (const shift of [0, 1, 2]) {
      const start = `name,size\n${"x,1\n".repeat(2 ** 14)}`.slice(shift - 2 ** 16);
      const text = `${start}${"y".repeat(9)}äöü,1\n`;
      const { rows, remarks } = await read(
        file(
          "a.csv",
          Uint8Array.from(text, (c) => c.charCodeAt(0)),
        ),
      );
      expect(rows.some(([name]) => name === "yyyyyyyyyäöü")).toBe(true);
      expect(remarks).toMatch(/windows-1252/);
    }
  });

  test("bytes that are no UTF-8 after such that are only UTF-8", async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode(TABLE.repeat(4000)), ...LATIN]);
    await expect(read(file("a.csv", bytes))).rejects.toThrow("a.csv: is no text in UTF-8");
  });
});

describe("JSON", () => {
  const items = [{ a: 1, b: "x" }, { a: null, c: [1, { d: 2 }] }, { b: true }];
  const cells = [
    ["1", "x", ""],
    ["", "", '[1,{"d":2}]'],
    ["", "true", ""],
  ];
  test.each([
    ["lines", items.map((item) => JSON.stringify(item)).join("\n")],
    ["an array", JSON.stringify(items)],
    ["an array in many lines", JSON.stringify(items, null, 2)],
  ])("objects: %s", async (_, text) => {
    expect(await read(file("a.json", text))).toMatchObject({ names: ["a", "b", "c"], rows: cells });
  });

  test.each([
    ["lines", '["a","b"]\n[1,"x\\\\"]\n[2,"]"]\n'],
    ["an array", '[["a","b"],[1,"x\\\\"],[2,"]"]]'],
  ])("lists: %s", async (_, text) => {
    const { names, rows } = await read(file("a.jsonl", text));
    expect([names, rows]).toEqual([
      null,
      [
        ["a", "b"],
        ["1", "x\\"],
        ["2", "]"],
      ],
    ]);
  });

  test("many pieces, with escapes at their ends", async () => {
    const text = Array.from({ length: 40_000 }, (_, i) => JSON.stringify({ i, t: '\\"'.repeat(i % 7) }));
    const { rows } = await read(file("a.jsonl", text.join("\n")));
    expect(rows).toEqual(text.map((_, i) => [String(i), '\\"'.repeat(i % 7)]));
  });

  test("keys that come late are named", async () => {
    const lines = Array.from({ length: 1500 }, (_, i) =>
      JSON.stringify(i < 1200 ? { a: i } : { a: i, late: 1 }),
    );
    const { names, remarks } = await read(file("a.jsonl", lines.join("\n")));
    expect([names, remarks]).toEqual([["a"], "Ignored, since the first 1,000 rows do not have them: late."]);
  });

  test.each([
    ['{"a":1}\n{"a":', "row 2 is no JSON: the file ends within it"],
    ['{"a":1}\n{"a" 2}', "row 2 is no JSON"],
    ['[{"a":1},', "row 2 is no JSON: the file ends before the list does"],
    ['{"a":1}\n5', "row 2 is no object: 5"],
    ['{"a":[1,2]}', "holds one object; a table is an array of objects"],
    ["[]", "is empty"],
    ["[".repeat(100), "more than 64 levels"],
  ])("%s", async (text, message) => {
    await expect(read(file("a.json", text))).rejects.toThrow(
      `a.json: ${message}`.replace("a.json: more", "more"),
    );
  });

  test("a saved model is no table", async () => {
    const model = file("m.json", '{\n  "format": "softmax-webgpu",\n  "version": 1\n}');
    expect(await isModelFile(model)).toBe(true);
    expect(await isModelFile(file("a.json", '[{"format":"x"}]'))).toBe(false);
    await expect(open([model])).rejects.toThrow(
      "m.json: is a saved model and no data; open it in the view “Model”",
    );
  });
});

/** A workbook of one or two sheets, whose cells are given as XML. */
function workbook(sheets: readonly string[]): Uint8Array<ArrayBuffer> {
  const names = sheets.map((_, i) => i + 1);
  const ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
  const type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const files: Record<string, Uint8Array> = {
    "[Content_Types].xml": strToU8("<Types/>"),
    "xl/workbook.xml": strToU8(
      `<workbook ${ns} ${rel}><sheets>${names.map((i) => `<sheet name="S${i}" sheetId="${i}" r:id="r${i}"/>`).join("")}</sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": strToU8(
      `<Relationships>${names.map((i) => `<Relationship Id="r${i}" Type="${type}/worksheet" Target="worksheets/sheet${i}.xml"/>`).join("")}</Relationships>`,
    ),
  };
  for (const [i, rows] of sheets.entries())
    files[`xl/worksheets/sheet${i + 1}.xml`] = strToU8(
      `<worksheet ${ns}><sheetData>${rows}</sheetData></worksheet>`,
    );
  return zipSync(files) as Uint8Array<ArrayBuffer>;
}

const text = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
const SHEET =
  `<row r="1">${text("A1", "name")}${text("B1", "ok")}${text("C1", "size")}</row>` +
  `<row r="3">${text("A3", "Äpfel")}<c r="B3" t="b"><v>1</v></c><c r="C3"><v>1.5</v></c></row>`;

describe("XLSX", () => {
  test("cells of all types, rows that are not there, and the first sheet with content", async () => {
    const { rows, remarks } = await read(file("a.xlsx", workbook(["", SHEET])));
    expect(rows).toEqual([["name", "ok", "size"], [""], ["Äpfel", "true", "1.5"]]);
    expect(remarks).toBe("Read from the sheet “S2”, one of 2.");
  });

  test.each([
    [
      "a row far down",
      '<row r="900000000"><c r="A900000000"><v>1</v></c></row>',
      /sheet of 900,000,000 rows/,
    ],
    ["a column far out", '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>', /columns, which is too large/],
  ])("%s is refused before it is read", async (_, rows, message) => {
    await expect(read(file("a.xlsx", workbook([rows])))).rejects.toThrow(message);
  });

  test("a sheet that unpacks to 2 GB is refused by the archive's directory", async () => {
    const bytes = workbook([SHEET]);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length - 4; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 2 ** 31 - 1, true);
    await expect(read(file("a.xlsx", bytes))).rejects.toThrow(
      /a\.xlsx: unpacks to [\d,]+ bytes, this page takes at most/,
    );
  });

  test("a sheet that unpacks to more than it announces", async () => {
    const bytes = workbook([SHEET.repeat(200)]);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length - 4; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 10, true);
    await expect(read(file("a.xlsx", bytes))).rejects.toThrow(/unpacks to more than it announces/);
  });
});

test.each([
  ["old.xls", Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2), /an old office program/],
  ["open.ods", strToU8("PK\u0003\u0004mimetypeapplication/vnd.oasis.opendocument"), /LibreOffice/],
  ["binary.xlsb", strToU8("x"), /binary workbook/],
])("%s is refused with its remedy", async (name, bytes, message) => {
  await expect(kindOf([file(name, bytes as Uint8Array<ArrayBuffer>)])).rejects.toThrow(message);
  await expect(kindOf([file(name, bytes as Uint8Array<ArrayBuffer>)])).rejects.toThrow(/save .*CSV/);
});

describe("files cut off anywhere", () => {
  const cut = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const step = Math.max(1, Math.floor(bytes.length / 60));
    let refused = 0;
    for (let length = 0; length < bytes.length; length += step) {
      await read(file(name, bytes.slice(0, length))).catch((error: unknown) => {
        expect(error).toBeInstanceOf(SoftmaxError);
        expect(String(error)).toContain(name);
        refused++;
      });
    }
    return refused;
  };

  test("JSON and XLSX give an error that names the file", async () => {
    expect(
      await cut("a.json", strToU8('[{"a":"ä","b":[1]},{"a":"x"}]') as Uint8Array<ArrayBuffer>),
    ).toBeGreaterThan(5);
    expect(await cut("a.xlsx", workbook([SHEET]))).toBeGreaterThan(50);
    await cut("a.csv", strToU8('a,b\n"x ""y""",ä\n1,2\n') as Uint8Array<ArrayBuffer>);
  });

  test.skipIf(!hasData)("Parquet too", async () => {
    const bytes = new Uint8Array(await readFile(`${process.env.DATA_DIR}/tables/table.parquet`));
    expect(await cut("a.parquet", bytes)).toBeGreaterThan(50);
  });
});
