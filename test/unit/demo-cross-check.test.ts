/** The test of a table on all of its rows: its folds, what their encoders see, its figure, and its end. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { cellText, type TableColumn } from "../../demo/app/data/tables/columns.ts";
import { TableEncoder } from "../../demo/app/data/tables/encoder.ts";
import { openTable } from "../../demo/app/data/tables/open-table.ts";
import { defaultTableChoices } from "../../demo/app/data/tables/profile.ts";
import { profileTable } from "../../demo/app/data/tables/profile-table.ts";
import { choicesFor, PENALTIES } from "../../demo/app/state/choices.ts";
import { checkFolds, columnsOf, FOLDS, foldsOf } from "../../demo/app/state/cross-check-folds.ts";
import { Session } from "../../demo/app/state/session.ts";
import { crossCheckText } from "../../demo/app/views/train/cross-check-words.tsx";
import { SoftmaxRegression } from "../../src/index.ts";
import { file } from "../support/demo-files.ts";

const { signal } = new AbortController();
const context = { signal, onProgress: () => {} };
const OPTIONS = { device: "reference", solver: "lbfgs", l2: 0.01 } as const;

afterEach(() => vi.restoreAllMocks());

/** A table of numbers, categories and texts; no two rows have the same text. */
async function table(rows = 60): Promise<DemoDataset> {
  const line = (i: number) => {
    const age = i % 7 === 0 ? "" : (i * 13) % 50;
    const place = `${"abcde"[(i * 3) % 5]}${i % 11 === 0 ? i : ""}`;
    return `${age},${place},some words about number w${i},${(i * 13) % 50 > 20 + (i % 9) ? "old" : "young"}`;
  };
  const lines = Array.from({ length: rows }, (_, i) => line(i)).join("\n");
  const named = file("people.csv", `age,place,note,class\n${lines}\n`);
  const profile = await profileTable(named, {}, signal);
  return openTable(named, defaultTableChoices(profile), context);
}

/** The cells of each row as one text. */
function rowTexts(columns: readonly TableColumn[], rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => columns.map((column) => cellText(column, row)).join("|"));
}

describe("the folds", () => {
  const y = Array.from({ length: 103 }, (_, i) => (i % 10 === 0 ? "rare" : i === 5 ? "once" : "usual"));

  test("have each row once, and differ by a row at most", () => {
    const folds = foldsOf(y);
    expect(folds).toHaveLength(FOLDS);
    expect(folds.flat().sort((a, b) => a - b)).toEqual(y.map((_, row) => row));
    for (const fold of folds) expect([20, 21]).toContain(fold.length);
  });

  test("have an even share of each class", () => {
    for (const fold of foldsOf(y)) expect([2, 3]).toContain(fold.filter((row) => y[row] === "rare").length);
  });

  test("are always the same, in no order of the file", () => {
    expect(foldsOf(y)).toEqual(foldsOf([...y]));
    const [first] = foldsOf(y);
    expect(new Set(first.slice(1).map((row, i) => row - first[i])).size).toBeGreaterThan(3);
  });
});

describe("the test", () => {
  test("learns the encoding of each fold from the other rows alone", async () => {
    const dataset = await table();
    const all = [...dataset.train.y, ...dataset.validation.y].length;
    const fit = vi.spyOn(TableEncoder, "fit");
    const transform = vi.spyOn(TableEncoder.prototype, "transform");
    await checkFolds(dataset, OPTIONS, signal);
    expect(fit).toHaveBeenCalledTimes(FOLDS);
    const heldInAll: string[] = [];
    for (const [fold, [learnt]] of fit.mock.calls.entries()) {
      // Each fold encodes the rows that it learns from, then those that it holds.
      const [[trained], [held]] = [transform.mock.calls[2 * fold], transform.mock.calls[2 * fold + 1]];
      const count = lengthOf(learnt);
      const seen = new Set(rowTexts(learnt, count));
      const unseen = rowTexts(held, all - count);
      expect(rowTexts(trained, count)).toEqual([...seen]);
      expect(unseen.filter((row) => seen.has(row))).toEqual([]);
      heldInAll.push(...unseen);
    }
    const { train, validation } = dataset;
    const rows = [train, validation].flatMap((part) => rowTexts(columnsOf(part), part.y.length));
    expect(heldInAll.sort()).toEqual(rows.sort());
  });

  test("counts what a plain loop with the library counts", async () => {
    const dataset = await table();
    const y = [...dataset.train.y, ...dataset.validation.y] as string[];
    const { train, validation } = dataset;
    const lines = [train, validation].flatMap((part) => rowTexts(columnsOf(part), part.y.length));
    let right = 0;
    for (const held of foldsOf(y)) {
      const others = y.map((_, row) => row).filter((row) => !held.includes(row));
      const [learnt, unseen] = [others, held].map((rows) =>
        columnsFrom(
          dataset,
          rows.map((row) => lines[row]),
        ),
      );
      const encoder = await TableEncoder.fit(learnt, context);
      const model = new SoftmaxRegression(OPTIONS);
      await model.fit(
        await encoder.transform(learnt, context),
        others.map((row) => y[row]),
      );
      const labels = await model.predict(await encoder.transform(unseen, context));
      for (const [i, row] of held.entries()) if (labels[i] === y[row]) right++;
      model.dispose();
    }
    expect(await checkFolds(dataset, OPTIONS, signal)).toEqual({ right, rows: 60 });
    expect(right).toBeGreaterThan(35);
    expect(right).toBeLessThan(60);
  });

  test("counts a row as wrong if no other has its class", async () => {
    const dataset = await table(40);
    const { validation } = dataset;
    const y = validation.y.map((label, row) => (row === 0 ? "once" : label));
    const found = await checkFolds({ ...dataset, validation: { ...validation, y } }, OPTIONS, signal);
    expect(found.rows).toBe(40);
    expect(found.right).toBeLessThan(40);
  });

  test("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const folds: number[] = [];
    const test = checkFolds(await table(), OPTIONS, controller.signal, (done) => {
      folds.push(done);
      controller.abort("enough");
    });
    await expect(test).rejects.toBe("enough");
    expect(folds).toEqual([1]);
  });
});

/** Returns the number of rows of columns. */
function lengthOf([column]: readonly TableColumn[]): number {
  if (column.kind === "text") return column.texts.length;
  return "codes" in column ? column.codes.length : column.values.length;
}

/** Reads rows of `rowTexts` as columns again, by another way than the code under test. */
function columnsFrom({ encoder }: DemoDataset, rows: readonly string[]): TableColumn[] {
  const cells = rows.map((row) => row.split("|"));
  return (encoder?.columns ?? []).map(({ name, kind }, j): TableColumn => {
    const own = cells.map((row) => row[j]);
    if (kind === "text") return { name, kind, texts: own };
    if (kind === "number" || kind === "date")
      return {
        name,
        kind,
        values: Float64Array.from(own, (cell) => (cell === "" ? Number.NaN : Number(cell))),
      };
    const values = [...new Set(own)];
    return { name, kind, values, codes: Uint32Array.from(own, (cell) => values.indexOf(cell)) };
  });
}

describe("after a run", () => {
  async function trained(dataset: DemoDataset): Promise<Session> {
    const session = new Session(dataset);
    session.choices.value = { ...choicesFor(dataset, "reference"), epochs: 20 };
    await session.run.start();
    return session;
  }

  /** Resolves when the test is at its end. */
  async function ended({ crossCheck }: Session): Promise<void> {
    await vi.waitFor(() => expect(["done", "failed"]).toContain(crossCheck.status.value), {
      timeout: 20_000,
    });
  }

  test("a small table is tested by itself with the run's options, once", async () => {
    const dataset = await table();
    const session = await trained(dataset);
    const stop = session.crossCheck.follow();
    expect(session.crossCheck.status.value).toBe("testing");
    await ended(session);
    const options = { ...OPTIONS, l2: session.choices.value.l2, maxIterations: 20 };
    expect(session.crossCheck.figure.value).toEqual(await checkFolds(dataset, options, signal));
    stop();
    const stopAgain = session.crossCheck.follow();
    expect(session.crossCheck.status.value).toBe("done");
    stopAgain();
    session.dispose();
  });

  test("other options end the test, and the next run has its own", async () => {
    const session = await trained(await table());
    const stop = session.crossCheck.follow();
    await session.choose({ ...session.choices.value, l2: 1 });
    expect(session.crossCheck.status.value).toBe("idle");
    expect(session.crossCheck.rows.value).toBe(0);
    await session.run.start();
    await ended(session);
    expect(session.crossCheck.figure.value?.rows).toBe(60);
    const before = session.crossCheck.figure.value;
    await session.run.start();
    expect(session.crossCheck.figure.value).toBe(before);
    await session.open(clouds(2));
    expect(session.crossCheck.rows.value).toBe(0);
    stop();
    session.dispose();
  });

  test("of a larger table, the test waits for a person", async () => {
    const session = await trained(await table(2100));
    const stop = session.crossCheck.follow();
    expect(session.crossCheck.status.value).toBe("idle");
    expect(session.crossCheck.rows.value).toBe(2100);
    void session.crossCheck.start();
    await ended(session);
    expect(session.crossCheck.figure.value?.rows).toBe(2100);
    stop();
    session.dispose();
  });

  test("there is none of rows that are no table, and before a run is done", async () => {
    const session = new Session(await table());
    expect(session.crossCheck.rows.value).toBe(0);
    session.dispose();
    const other = await trained(clouds(2));
    expect(other.crossCheck.rows.value).toBe(0);
    other.dispose();
  });

  test("a failure is said", async () => {
    const session = await trained(await table());
    vi.spyOn(TableEncoder, "fit").mockRejectedValue(new Error("no memory"));
    const stop = session.crossCheck.follow();
    await ended(session);
    expect(session.crossCheck.error.value).toBe("no memory");
    stop();
    session.dispose();
  });
});

test("the figure has its interval", () => {
  expect(crossCheckText({ right: 701, rows: 891 }, { one: "row", many: "rows" })).toBe(
    "Tested on all 891 rows, each by a model that had not seen it: 701 right (78.7%; chance allows 75.9% to 81.2%).",
  );
});

describe("the options that data begin with", () => {
  const rows = (count: number) => ({ image: null, train: { x: { rows: count } } });

  test.each([
    [713, 5e-4],
    [500, 1e-3],
    [40_000, 1e-5],
    [1, 0.5],
    [0, 0.5],
    [1e9, 1e-6],
  ])("of %i rows have λ = %d, a value of the form", (count, l2) => {
    expect(choicesFor(rows(count), "auto")).toMatchObject({ solver: "lbfgs", l2 });
    expect(PENALTIES).toContain(l2);
  });

  test("of few pictures take L-BFGS, of many SGD", () => {
    const image = { width: 2, height: 2, channels: 1 } as const;
    expect(choicesFor({ ...rows(1999), image }, "wasm")).toMatchObject({ solver: "lbfgs", device: "wasm" });
    expect(choicesFor({ ...rows(2000), image }, "wasm")).toMatchObject({ solver: "sgd", l2: 1e-4 });
  });
});
