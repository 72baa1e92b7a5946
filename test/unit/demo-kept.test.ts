/** Data sets and runs in the form in which they are kept: read back the same, and refused if damaged. */
import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { MISSING } from "../../demo/app/data/tables/columns.ts";
import { DEFAULT_CHOICES } from "../../demo/app/state/choices.ts";
import { blobOf, readerOf } from "../../demo/app/state/kept/bytes.ts";
import { packDataset } from "../../demo/app/state/kept/pack-dataset.ts";
import { readRun } from "../../demo/app/state/kept/run-record.ts";
import { unpackDataset } from "../../demo/app/state/kept/unpack-dataset.ts";
import { FormatError } from "../../src/index.ts";

const { signal } = new AbortController();

/** A table with a column of each kind, and sparse rows. */
function table(): DemoDataset {
  const samples = (N: number) => ({
    x: {
      indptr: Uint32Array.from({ length: N + 1 }, (_, i) => i),
      indices: Uint32Array.from({ length: N }, (_, i) => i % 2),
      data: Float32Array.from({ length: N }, (_, i) => i / 7),
      rows: N,
      cols: 2,
    },
    y: Array.from({ length: N }, (_, i) => (i % 2 ? "yes" : "no <b>")),
    origin: {
      kind: "table" as const,
      numbers: Uint32Array.from({ length: N }, (_, i) => i + 2),
      columns: [
        { name: "age", kind: "number" as const, values: Float64Array.from({ length: N }, (_, i) => i / 3) },
        { name: "day", kind: "date" as const, values: new Float64Array(N).fill(Number.NaN) },
        { name: "land", kind: "category" as const, codes: new Uint32Array(N).fill(MISSING), values: ["é"] },
        { name: "note", kind: "text" as const, texts: Array.from({ length: N }, (_, i) => "ü😀".repeat(i)) },
      ],
    },
  });
  return {
    ...{ name: "t.csv", description: "rows", train: samples(6), validation: samples(2), image: null },
    ...{ features: ["a", "b"], encoder: null, label: "answer", code: null },
  };
}

async function packed(dataset: DemoDataset) {
  const { json, arrays } = await packDataset(dataset, true, signal);
  // As the database and files have it: no object is shared.
  return { json: JSON.parse(JSON.stringify(json)), blob: await blobOf(arrays) };
}

const unpacked = (json: unknown, blob: Blob) =>
  unpackDataset(json, { place: "p", read: readerOf(blob, "p"), signal });

describe("a data set", () => {
  test.each([
    ["sparse rows of a table", table],
    ["dense rows with their code", () => ({ ...clouds(3), encoder: null, label: null })],
    ["fitted pictures", () => ({ ...clouds(3), pictures: { fit: "fit" as const }, label: null, code: null })],
  ])("of %s is the same again", async (_, make) => {
    const dataset = make();
    const { json, blob } = await packed(dataset);
    const again = await unpacked(json, blob);
    const { train, validation, ...rest } = again;
    const fill = ({ x, y, origin = null }: DemoDataset["train"]) => ({ x: { ...x }, y: [...y], origin });
    expect({ train: fill(train), validation: fill(validation) }).toEqual({
      train: fill(dataset.train),
      validation: fill(dataset.validation),
    });
    expect(rest).toEqual({
      ...{ name: dataset.name, description: dataset.description, image: null, code: dataset.code },
      ...{ features: dataset.features, encoder: null, label: dataset.label },
      pictures: dataset.pictures ?? null,
    });
  });

  test.each<[string, string, unknown]>([
    ["no rows to train on", "rows.train", 7],
    ["a list for an object", "rows", []],
    ["more columns than names", "cols", 3],
    ["columns without end", "cols", 1e9],
    ["an array beyond the bytes", "rows.train.codes.offset", 1e6],
    ["an array of another length", "rows.train.codes.length", 5],
    ["a class of arrays that there is not", "rows.train.codes.type", "constructor"],
    ["fewer labels than codes", "rows.train.labels", ["yes"]],
    ["labels of two types", "rows.train.labels", ["yes", 1]],
    ["validation rows of an unknown class", "rows.validation.labels", ["no", "maybe"]],
    ["sparse rows that end before their values", "rows.train.x.indptr.offset", 4],
    ["columns out of range", "rows.train.x.indices.offset", 4],
    ["a picture of another size", "image", { width: 9, height: 9, channels: 1 }],
    ["positions of no value", "rows.train.origin.columns.2.codes.offset", 0],
    ["a way to fit pictures that there is not", "pictures", { fit: "bend" }],
    ["code that is no text", "code", { imports: {}, text: 1 }],
    ["code that imports what is no text", "code", { imports: { a: 1 }, text: "" }],
    ["a kind of column that there is not", "rows.train.origin.columns.0.kind", "map"],
    ["a text for a number", "rows.train.x.rows", "6"],
  ])("with %s is refused", async (_, path, value) => {
    const { json, blob } = await packed(table());
    const names = path.split(".");
    const last = names.pop() ?? "";
    Reflect.set(
      names.reduce((at, name) => Reflect.get(at, name), json),
      last,
      value,
    );
    await expect(unpacked(json, blob)).rejects.toThrow(/^p: |sparse rows: expected/);
  });

  test("whose arrays name the same bytes again and again is refused", async () => {
    const { json, blob } = await packed(table());
    const { origin } = json.rows.train;
    origin.columns = Array.from({ length: 1000 }, () => origin.columns[0]);
    await expect(unpacked(json, blob)).rejects.toThrow("its arrays are longer than its bytes");
  });
});

describe("a run", () => {
  const epoch = { index: 1, loss: 1, accuracy: 0.5, validationLoss: 1, validationAccuracy: 0.5 };
  const run = {
    ...{ choices: DEFAULT_CHOICES, status: "paused", stopReason: null, history: [epoch], seconds: 1 },
    ...{ accuracy: 0.5, opened: null, modelFile: null, minProbability: 0.25 },
    threshold: { positive: "yes", probability: 0.75 },
  };

  test("is the same again; figures that JSON lacks are NaN", () => {
    expect(readRun(run, "p")).toEqual(run);
    const json = JSON.parse(JSON.stringify({ ...run, accuracy: Number.NaN }));
    expect(readRun(json, "p").accuracy).toBe(Number.NaN);
  });

  test.each([
    ["options out of range", { choices: { ...DEFAULT_CHOICES, l2: -1 } }],
    ["an option missing", { choices: {} }],
    ["a status of its own", { status: "training" }],
    ["epochs out of order", { history: [epoch, epoch] }],
    ["an epoch that is text", { history: ["1"] }],
    ["a figure that is text", { seconds: "1" }],
    ["a least probability above 1", { minProbability: 1.5 }],
    ["no least probability", { minProbability: undefined }],
    ["a threshold below 0", { threshold: { positive: "yes", probability: -1 } }],
    ["a threshold of no label", { threshold: { positive: {}, probability: 0.5 } }],
  ])("with %s is refused", (_, damage) => {
    expect(() => readRun({ ...run, ...damage }, "p")).toThrow(FormatError);
  });
});
