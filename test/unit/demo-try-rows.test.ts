/** Trying rows of tables: the form, the answer, the reasons, and files of predictions. */
import { parse } from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { answerToTerms, termsOfRow } from "../../demo/app/data/row-terms.ts";
import { rowValues } from "../../demo/app/data/rows.ts";
import type { TableEncoder } from "../../demo/app/data/tables/encoder.ts";
import { Session } from "../../demo/app/state/session.ts";
import { CellCheck } from "../../demo/app/views/try/files/cell-check.ts";
import { FilePrediction } from "../../demo/app/views/try/files/file-prediction.ts";
import { predictTable } from "../../demo/app/views/try/files/predict-table.ts";
import { PredictionsCsv } from "../../demo/app/views/try/files/predictions-csv.ts";
import { rowOfBytes } from "../../demo/app/views/try/picture-row.ts";
import { reasonsFor } from "../../demo/app/views/try/record/reasons.ts";
import { deviationsOf, recordFormOf } from "../../demo/app/views/try/record/record-form.ts";
import { RecordTrial } from "../../demo/app/views/try/record/record-trial.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { file, open } from "../support/demo-files.ts";
import { disposeLater } from "../support/dispose-later.ts";

/** Who is late: by the distance and the weather; a remark says so as well. */
const TABLE = `km,weather,remark,late\n${Array.from({ length: 120 }, (_, i) => {
  const [km, rain] = [(i * 37) % 50, i % 3 === 0];
  const late = km + (rain ? 20 : 0) > 35;
  return `${i === 5 ? "" : km},${rain ? "rain" : "sun"},${late ? "bad traffic jam" : "free road"} again and again,${late ? "yes" : "no"}`;
}).join("\n")}\n`;
const context = () => ({ signal: new AbortController().signal, onProgress: () => {} });

describe("rows of a table", () => {
  let dataset: DemoDataset;
  let encoder: TableEncoder;
  let model: SoftmaxRegression;
  const inUse = () => {
    const { weights, bias, classes } = model;
    return { model, snapshot: { weights, bias, classes }, accuracy: 1 };
  };
  beforeAll(async () => {
    dataset = await open([file("late.csv", TABLE)], {
      label: "late",
      kinds: new Map([
        ["km", "number"],
        ["weather", "category"],
        ["remark", "text"],
      ]),
    });
    if (!dataset.encoder) throw new Error("the table is not encoded");
    encoder = dataset.encoder;
    model = new SoftmaxRegression({ device: "reference", solver: "lbfgs", maxIterations: 50, l2: 1e-2 });
    await model.fit(dataset.train.x, dataset.train.y as string[]);
    return () => model.dispose();
  });

  test("cells of a validation row in the form give the row that was encoded from the file", async () => {
    const form = recordFormOf(dataset);
    for (let row = 0; row < dataset.validation.x.rows; row++) {
      const { x, problems } = await form.encode(form.cellsOf(row));
      expect([...problems]).toEqual([]);
      const expected = rowValues(dataset.validation.x, row);
      for (const [j, value] of rowValues(x, 0).entries()) expect(value).toBeCloseTo(expected[j], 5);
    }
  });

  test("the answer is the model's own", async () => {
    const expected = await model.predictProba(dataset.validation.x);
    for (let row = 0; row < expected.rows; row++) {
      const { probabilities } = answerToTerms(termsOfRow(dataset.validation.x, row), inUse().snapshot, 1);
      for (const [k, p] of probabilities.entries()) {
        expect(p).toBeCloseTo(expected.data[row * expected.cols + k], 5);
      }
    }
  });

  test("a file of new rows keeps its columns in its order, and gets predictions; labels are not needed", async () => {
    const fresh =
      'id,weather,remark,km\n=1+1,rain,"bad, ""traffic""",49\nb,sun,free road,x\nc,snow,free road,1\n';
    const { name, content, summary } = await predictTable(
      file("new.csv", fresh),
      encoder,
      inUse(),
      context(),
    );
    expect(name).toBe("new-predictions.csv");
    const { data } = parse<string[]>(await content.text(), { skipEmptyLines: true });
    const [header, ...rows] = data;
    expect(header).toEqual([
      ...[
        "id",
        "weather",
        "remark",
        "km",
        "prediction",
        "probability",
        "probability of no",
        "probability of yes",
      ],
    ]);
    expect(rows.map((cells) => cells.slice(0, 5))).toEqual([
      ["=1+1", "rain", 'bad, "traffic"', "49", "yes"],
      ["b", "sun", "free road", "x", "no"],
      ["c", "snow", "free road", "1", "no"],
    ]);
    for (const [, , , , , p, no, yes] of rows) {
      expect(Number(no) + Number(yes)).toBeCloseTo(1, 5);
      expect(Number(p)).toBe(Math.max(Number(no), Number(yes)));
    }
    expect(summary).toContain("3 rows are predicted.");
    expect(summary).toContain("1 row has a cell that cannot be read");
    expect(summary).toContain("1 row has a value that training rows did not have");
  });

  test("files without the columns, or with broken rows, are refused with the row or column", async () => {
    const predict = (text: string) => predictTable(file("new.csv", text), encoder, inUse(), context());
    await expect(predict("km,remark\n1,a\n")).rejects.toThrow(/new\.csv.*weather/);
    await expect(predict("km,weather,remark\n1,sun,a\n1,sun\n")).rejects.toThrow(/row 3/);
    await expect(predict("km,weather,remark\n")).rejects.toThrow("new.csv");
  });
});

describe("reasons", () => {
  const terms = { indices: Uint32Array.of(0, 2), values: Float32Array.of(2, 1) };

  test("of two classes add up to the log odds, and are the other way round for the other class", () => {
    const model = { weights: Float32Array.of(1, 9, 3, -1, 9, 0), bias: Float32Array.of(0.5, 0) };
    const scores = Float64Array.of(5.5, -2);
    const found = reasonsFor(0, terms, scores, model, (j) => j);
    expect(found).toEqual({
      reasons: [
        { at: 0, amount: 4 },
        { at: 2, amount: 3 },
      ],
      start: 0.5,
      total: 7.5,
    });
    expect(reasonsFor(1, terms, scores, model, (j) => j).reasons[0]).toEqual({ at: 0, amount: -4 });
  });

  test("of more classes leave out what all get, and add features of a column up", () => {
    const model = { weights: Float32Array.of(1, 0, 2, 1, 0, 5, 1, 0, 2), bias: Float32Array.of(0, 0, 3) };
    const scores = Float64Array.of(4, 7, 7);
    const alone = reasonsFor(1, terms, scores, model, (j) => j);
    expect(alone.reasons).toEqual([
      { at: 2, amount: 2 },
      { at: 0, amount: 0 },
    ]);
    expect(reasonsFor(1, terms, scores, model, () => 4).reasons).toEqual([{ at: 4, amount: 2 }]);
    expect(alone.start + 2).toBeCloseTo(alone.total, 12);
  });

  test("plain numbers count by their deviation from the average", () => {
    const { indices, values } = deviationsOf(terms, Float32Array.of(1, 5, 1));
    expect([...indices]).toEqual([0, 1, 2]);
    expect([...values]).toEqual([1, -5, 0]);
    expect(deviationsOf(terms, null)).toBe(terms);
  });
});

test("rows of plain numbers: averages at first, what is no number counts as the average", async () => {
  const x = { data: Float32Array.of(1, 10, 3, 30), rows: 2, cols: 2 };
  const part = { x, y: [0, 1] };
  const form = recordFormOf({
    ...{ name: "n", description: "", train: part, validation: part, image: null, features: null, code: null },
  });
  expect([...form.usual]).toEqual([
    ["Feature 1", "2"],
    ["Feature 2", "20"],
  ]);
  const { x: row, problems } = await form.encode(new Map(form.cellsOf(1)).set("Feature 2", "many"));
  expect([...rowValues(row, 0)]).toEqual([3, 20]);
  expect(problems.get("Feature 2")).toContain("is no number");
});

test("plain numbers of a project without its rows: zeros at first, and no row to take", async () => {
  const part = { x: { data: new Float32Array(), rows: 0, cols: 2 }, y: [] };
  const dataset = {
    ...{ name: "n", description: "", train: part, validation: part, image: null, features: null, code: null },
  };
  const trial = new RecordTrial(dataset, disposeLater(new Session(dataset)).run);
  expect([...trial.cells.value.values()]).toEqual(["0", "0"]);
  const { x, problems } = await trial.form.encode(new Map([["Feature 1", "3"]]));
  expect([...rowValues(x, 0)]).toEqual([3, 0]);
  expect([...problems]).toEqual([["Feature 2", "is no number; 0 counts instead"]]);
  trial.take(1);
  expect(trial.row.value).toBe(null);
});

describe("predictions as CSV", () => {
  const rowsOf = async (header: readonly string[], classes: readonly (string | number)[]) => {
    const csv = new PredictionsCsv(header, classes);
    csv.add([{ cells: header, probabilities: Float64Array.of(0.75, 0.25) }]);
    const bytes = new Uint8Array(await csv.finish().arrayBuffer());
    return { bytes, rows: parse<string[]>(new TextDecoder().decode(bytes), { skipEmptyLines: true }).data };
  };

  test("a class that looks like a formula is text; a negative number is one", async () => {
    expect((await rowsOf(["a"], ["=HYPERLINK(1)", "b"])).rows[1]).toEqual([
      "a",
      "'=HYPERLINK(1)",
      "0.75",
      "0.75",
      "0.25",
    ]);
    expect((await rowsOf(["a"], ["-1", "b"])).rows[1][1]).toBe("-1");
  });

  test("columns that the file has already get other names", async () => {
    const { rows } = await rowsOf(["prediction", "probability of x"], ["x", "y"]);
    expect(rows[0].slice(2)).toEqual([
      "prediction (2)",
      "probability",
      "probability of x (2)",
      "probability of y",
    ]);
  });

  test("other letters than ASCII come behind a byte order mark", async () => {
    expect((await rowsOf(["Größe"], ["x", "y"])).bytes[0]).toBe(0xef);
    expect((await rowsOf(["size"], ["x", "y"])).bytes[0]).toBe("s".charCodeAt(0));
  });

  test("many rows are kept in parts, in their order", async () => {
    const csv = new PredictionsCsv(["n"], ["x", "y"]);
    const long = "z".repeat(1000);
    for (let n = 0; n < 2500; n++)
      csv.add([{ cells: [`${n} ${long}`], probabilities: Float64Array.of(0.5, 0.5) }]);
    const { data } = parse<string[]>(await csv.finish().text(), { skipEmptyLines: true });
    expect(data).toHaveLength(2501);
    expect(data.slice(1).every(([cell], n) => cell.startsWith(`${n} `))).toBe(true);
  });
});

test("cells that cannot be read are counted by rows", () => {
  const reading = { decimal: ".", dates: "m/d" } as const;
  const columns = [
    { name: "n", kind: "number", values: [], usual: "0", reading },
    { name: "d", kind: "date", values: [], usual: "", reading },
    { name: "c", kind: "category", values: ["a"], usual: "a", reading },
  ] as const;
  const check = new CellCheck({ columns } as unknown as TableEncoder, ["c", "d", "n"]);
  for (const cells of [
    ["a", "2024-01-31", "1,5"],
    ["", "?", "NA"],
    ["b", "31.31.2024", "one"],
  ])
    check.add(cells);
  expect([check.unreadable, check.unknown]).toEqual([1, 1]);
});

test("a prediction that is cancelled leaves nothing; one that fails says why", async () => {
  const prediction = new FilePrediction();
  const running = prediction.start(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  expect(prediction.stage.value.kind).toBe("working");
  prediction.cancel();
  await running;
  expect([prediction.stage.value.kind, prediction.problem.value]).toEqual(["idle", ""]);
  await prediction.start(() => Promise.reject(new Error("new.csv: row 3 is broken")));
  expect([prediction.stage.value.kind, prediction.problem.value]).toEqual([
    "idle",
    "new.csv: row 3 is broken",
  ]);
});

test("a photo of a dark digit on paper has its light and dark swapped for light digits on dark", () => {
  const image = { width: 3, height: 3, channels: 1 } as const;
  const part = { x: { data: new Uint8Array(9), rows: 1, cols: 9, scale: 1 / 255 }, y: [0] };
  const dataset = {
    name: "n",
    description: "",
    train: part,
    validation: part,
    image,
    features: null,
    code: null,
  };
  const style = { ground: 0, full: 1, side: 2, centre: { x: 1, y: 1 } };
  const dark = Uint8Array.of(255, 255, 255, 255, 0, 255, 255, 255, 255);
  expect([...rowOfBytes(dark, dataset, image, style)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect([
    ...rowOfBytes(
      dark.map((v) => 255 - v),
      dataset,
      image,
      style,
    ),
  ]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const asPictures = { ...dataset, pictures: { fit: "crop" } as const };
  expect(rowOfBytes(dark, asPictures, image, style)[4]).toBe(0);
});
