/** The demo's readers of IDX and NPY files, how kinds of files are told, and which rows are held back. */

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { NamedFile } from "../../demo/app/data/open-context.ts";
import { kindOf, remarkOnIgnored } from "../../demo/app/data/open-kind.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { splitRows } from "../../demo/app/data/split-rows.ts";
import { expectRefused, file, npy, open, TEN_LABELS } from "../support/demo-files.ts";
import { hasData } from "../support/real-data.ts";

/** `rows` images of 2 × 3 pixels that are all their number, and labels 0, 1, 2, 0, … */
function idx(rows: number, width = 3) {
  const images = new Uint8Array(16 + rows * 2 * width);
  const labels = new Uint8Array(8 + rows);
  const [x, y] = [new DataView(images.buffer), new DataView(labels.buffer)];
  for (const [i, word] of [0x803, rows, 2, width].entries()) x.setUint32(4 * i, word);
  for (const [i, word] of [0x801, rows].entries()) y.setUint32(4 * i, word);
  for (let i = 0; i < rows; i++) {
    images.fill(i, 16 + i * 2 * width, 16 + (i + 1) * 2 * width);
    labels[8 + i] = i % 3;
  }
  return { images, labels };
}

const gzipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

describe("IDX", () => {
  const { images, labels } = idx(30);
  const trainImages = file("data/train-images-idx3-ubyte", images);
  const trainLabels = file("data/train-labels-idx1-ubyte.gz", gzipped(labels));
  const test10 = idx(10);
  const testImages = file("t10k-images-idx3-ubyte.gz", gzipped(test10.images));
  const testLabels = file("t10k-labels.idx1-ubyte", test10.labels);

  test("four files, in any order", async () => {
    const dataset = await open([testLabels, trainImages, testImages, trainLabels]);
    const image = { width: 3, height: 2, channels: 1 };
    expect(dataset).toMatchObject({ name: "data", image, features: null });
    expect(dataset.train.x).toMatchObject({ rows: 30, cols: 6 });
    expect(dataset.validation.y).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    expect(dataset.description).toBe("30 grey pictures of 3 × 2 pixels to train on, 10 to validate on.");
  });

  test("one pair: a sixth of the rows is held back; what has no counterpart is named", async () => {
    const dataset = await open([trainImages, testLabels, trainLabels]);
    expect([dataset.train.x.rows, dataset.validation.x.rows]).toEqual([24, 6]);
    for (const { x, y } of [dataset.train, dataset.validation]) {
      expect(y).toEqual(y.map((_, i) => asDense(x).data[6 * i] % 3));
    }
    expect(dataset.description).toContain("Left out, for want of a counterpart: t10k-labels.idx1-ubyte.");
    expect(await open([trainImages, trainLabels])).toEqual(await open([trainLabels, trainImages]));
  });

  test("names that say nothing: the first bytes do", async () => {
    const dataset = await open([file("a", gzipped(labels)), file("b.idx3", images)]);
    expect(dataset).toMatchObject({ name: "b", train: { x: { rows: 24 } } });
    expect(await open([file("a", labels), file("b", images)])).toEqual(dataset);
  });

  test("what cannot be paired or read", async () => {
    await expectRefused(
      [trainImages],
      "data/train-images-idx3-ubyte: these are images; choose the file of their labels as well",
    );
    await expectRefused([trainImages, testImages, trainLabels, trainImages], /of the same part/);
    const cut = file("train-images-idx3-ubyte", images.slice(0, 100));
    await expectRefused(
      [cut, trainLabels],
      "train-images-idx3-ubyte: truncated: expected 196 bytes by the header, found 100",
    );
    const noise = file("train-images-idx3-ubyte.gz", new TextEncoder().encode("<!doctype html>"));
    await expectRefused([noise, trainLabels], /^train-images.*an HTML page/);
    const other = file("train-images-idx3-ubyte.gz", "no IDX file at all");
    await expectRefused([other, trainLabels], /^train-images.*expected the magic number/);
    const fewer = file("train-labels-idx1-ubyte", idx(29).labels);
    await expectRefused(
      [trainImages, fewer],
      "train-labels-idx1-ubyte: expected one per image, got 29 labels and 30 images",
    );
    const wider = file("t10k-images-idx3-ubyte", idx(10, 4).images);
    await expectRefused(
      [trainImages, trainLabels, wider, testLabels],
      "t10k-images-idx3-ubyte: its images have 4 × 2 pixels, those to train on 3 × 2",
    );
  });

  test("more than 2 GiB by the header is refused before it is read", async () => {
    const huge = images.slice();
    new DataView(huge.buffer).setUint32(4, 4e8);
    await expectRefused(
      [file("train-images.idx", huge), trainLabels],
      "train-images.idx: 400,000,000 rows of 6 features would take 2.4 GB, this page takes at most 2.15 GB",
    );
  });

  test.skipIf(!hasData)("MNIST", async () => {
    const names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
    const files = names.map(async (name) => {
      const path = `mnist/${name}-ubyte.gz`;
      return file(path, new Uint8Array(await readFile(`${process.env.DATA_DIR}/${path}`)));
    });
    const dataset = await open(await Promise.all(files));
    expect(dataset).toMatchObject({ name: "mnist", train: { x: { rows: 60_000, cols: 784 } } });
    expect(dataset.validation.y.slice(0, 4)).toEqual([7, 2, 1, 0]);
  });
});

describe("NPY", () => {
  const rows = Float32Array.from({ length: 20 }, (_, i) => i);
  const y = TEN_LABELS;

  test("rows and labels, in either order", async () => {
    const x = file("x.npy", npy("<f4", [10, 2], rows));
    const dataset = await open([y, x]);
    expect(dataset).toMatchObject({ name: "x.npy", image: null, train: { x: { rows: 8, cols: 2 } } });
    const { x: held, y: labels } = dataset.validation;
    expect(labels).toEqual(labels.map((_, i) => (asDense(held).data[2 * i] / 2) % 2));
  });

  test("labels in a column of their own, below 0, or far above what float32 counts", async () => {
    const x = file("x.npy", npy("<f4", [10, 2], rows));
    const label = (i: number) => (i % 2 ? -1 : 1);
    const signed = Int32Array.from({ length: 10 }, (_, i) => label(i));
    const { train } = await open([x, file("y.npy", npy("<i4", [10, 1], signed))]);
    expect(train.y).toEqual(train.y.map((_, i) => String(label(asDense(train.x).data[2 * i] / 2))));
    const large = (i: number) => 2 ** 40 + (i % 2);
    const doubles = Float64Array.from({ length: 10 }, (_, i) => large(i));
    const exact = await open([file("y.npy", npy("<f8", [10, 1], doubles)), x]);
    expect(new Set(exact.train.y)).toEqual(new Set([large(0), large(1)]));
  });

  test("Fortran order, and more elements than are converted at a time", async () => {
    const [n, height, width] = [3000, 5, 7];
    const value = (i: number, j: number, k: number) => (i % 250) + ((j * width + k) % 5);
    const fortran = new Float64Array(n * height * width);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < height; j++)
        for (let k = 0; k < width; k++) fortran[i + n * (j + height * k)] = value(i, j, k);
    const bytes = npy("<f8", [n, height, width], fortran, true);
    const labels = Int32Array.from({ length: n }, (_, i) => i % 250);
    const { train, image } = await open([file("x.npy", bytes), file("y.npy", npy("<i4", [n], labels))]);
    expect(image).toEqual({ width, height, channels: 1 });
    for (const [row, label] of train.y.entries()) {
      const pixels = asDense(train.x).data.subarray(row * height * width, (row + 1) * height * width);
      const expected = Array.from({ length: height * width }, (_, at) =>
        Math.round((255 * value(Number(label), Math.floor(at / width), at % width)) / 253),
      );
      expect(Array.from(pixels)).toEqual(expected);
    }
  });

  test.each([
    ["|u1", Uint8Array],
    ["|i1", Int8Array],
    ["<u2", Uint16Array],
    ["<i2", Int16Array],
    ["<u4", Uint32Array],
    ["<i4", Int32Array],
    ["<i8", BigInt64Array],
    ["<f4", Float32Array],
    ["<f8", Float64Array],
  ] as const)("elements of type %s, and big-endian", async (descr, Type) => {
    const small = Array.from({ length: 20 }, (_, i) => i);
    const elements =
      descr === "<i8" ? BigInt64Array.from(small, BigInt) : new (Type as typeof Int8Array)(small);
    const plain = await open([file("x.npy", npy(descr, [10, 2], elements)), y]);
    const { x: held, y: labels } = plain.validation;
    expect(labels).toEqual(labels.map((_, i) => (asDense(held).data[2 * i] / 2) % 2));
    const size = elements.BYTES_PER_ELEMENT;
    const swapped = new Uint8Array(elements.buffer.slice(0));
    for (let at = 0; at < swapped.length; at += size) swapped.subarray(at, at + size).reverse();
    const big = npy(descr.replace("<", ">"), [10, 2], swapped);
    expect(await open([file("x.npy", big), y])).toEqual(plain);
  });

  test("pictures", async () => {
    const bytes = Uint8Array.from(rows, (value) => value + 236);
    const { image, train } = await open([file("x.npy", npy("|u1", [10, 2, 1], bytes)), y]);
    expect(image).toEqual({ width: 1, height: 2, channels: 1 });
    expect(asDense(train.x).data.slice(0, 2)).toEqual(Uint8Array.of(236, 237));
  });

  test.each([
    ["one file", [y], "y.npy: expected two NPY files"],
    ["labels alone", [y, y], "expected rows [N, D] and labels [N], but y.npy is [10] and y.npy is [10]"],
    ["fewer rows", [y, file("x.npy", npy("<f4", [5, 4], rows))], "y.npy: it has 10 labels, x.npy has 5 rows"],
    [
      "NaN",
      [y, file("x.npy", npy("<f4", [10, 2], rows.with(7, Number.NaN)))],
      "x.npy: row 3, feature 1 (both from 0) is NaN",
    ],
    ["too many axes", [y, file("x.npy", npy("<f4", [10, 2, 1, 1, 1], rows))], "x.npy: expected [N, D]"],
    [
      "fractions as labels",
      [
        file("x.npy", npy("<f4", [10, 2], rows)),
        file("y.npy", npy("<f4", [10], rows.slice(0, 10).fill(0.5))),
      ],
      "y.npy: row 0 (from 0) has the label 0.5",
    ],
    ["a file cut off", [y, file("x.npy", npy("<f4", [10, 3], rows))], "x.npy.shape: truncated"],
    ["another format", [y, file("x.npy", new TextEncoder().encode("1 2 3"))], /^x\.npy/],
  ])("%s", async (_, files, message) => expectRefused(files as NamedFile[], message));
});

describe("kinds", () => {
  test("in folders of pictures, other files are ignored and named; hidden files never count", async () => {
    const beside = ["a/1.png", "a/notes.txt", "a/b.svg", ".DS_Store"].map((path) => file(path, "x"));
    const known = await kindOf(beside);
    expect(known).toEqual({ kind: "pictures", files: beside.slice(0, 1), ignored: beside.slice(1, 3) });
    expect(remarkOnIgnored(known)).toBe("Ignored, as no pictures: a/notes.txt, a/b.svg.");
  });

  test("a file dropped by itself beside pictures is refused, not ignored", async () => {
    await expect(kindOf([file("a/1.png", "x"), file("iris.csv", "x")])).rejects.toThrow(
      "iris.csv: is no picture, while a/1.png is one; drop iris.csv alone, or the pictures alone",
    );
  });

  test("SVG is no picture here, whatever its name", async () => {
    const drawing = { path: "drawing", file: new File(["<svg/>"], "drawing", { type: "image/svg+xml" }) };
    for (const svg of [drawing, file("a/drawing.svg", "<svg/>")]) {
      const known = /IDX, NPY, or a folder of pictures such as PNG or JPEG$/;
      await expect(kindOf([svg])).rejects.toThrow(known);
    }
  });

  test("files of no kind, of two kinds, none at all", async () => {
    const page = file("page.pdf", "%PDF-1.7");
    await expect(kindOf([page])).rejects.toThrow("page.pdf: is none of the files this page knows");
    const two = [file("a.csv", "x"), file("b.npy", "x")];
    await expect(kindOf(two)).rejects.toThrow("b.npy: is an NPY file, while a.csv is a table");
    await expect(kindOf([file(".DS_Store", "x")])).rejects.toThrow("files: there is none to open");
    await expectRefused([file("a.csv", "x"), file("b.csv", "x")], /second table/);
  });
});

describe("rows held back", () => {
  const { signal } = new AbortController();
  const split = (y: readonly string[] | readonly number[], share: number, kind: "stratified" | "plain") =>
    splitRows(y, { share, split: kind, argument: "y", signal });
  const y = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? "rare" : "usual"));

  test("stratified: every class keeps its share; the same every time", async () => {
    const { train, validation } = await split(y, 1 / 5, "stratified");
    const rare = (rows: Uint32Array) => rows.filter((row) => y[row] === "rare").length;
    expect([train.length, validation.length, rare(train), rare(validation)]).toEqual([800, 200, 80, 20]);
    expect(await split(y, 1 / 5, "stratified")).toEqual({ train, validation });
    expect([...train, ...validation].toSorted((a, b) => a - b)).toEqual(y.map((_, i) => i));
  });

  test("plain: the share of all rows, and no class without a row to train on", async () => {
    const { validation } = await split(y, 1 / 5, "plain");
    expect(validation.length).toBe(200);
    const pairs = Array.from({ length: 40 }, (_, i) => i >> 1);
    const halves = await split(pairs, 1 / 2, "plain");
    expect(new Set(Array.from(halves.train, (row) => pairs[row])).size).toBe(20);
  });

  test("few rows: one becomes a validation row if a class can spare it", async () => {
    expect((await split(["a", "a", "b"], 1 / 5, "stratified")).validation.length).toBe(1);
  });
});
