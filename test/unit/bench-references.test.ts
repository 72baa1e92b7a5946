/** The records of known machines that come with the benchmark page: each file is a record as the page reads it. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { headlineSteps } from "../../bench/page/headline.ts";
import { HEADLINE_SHAPE } from "../../bench/page/one-click.ts";
import { readRecord } from "../../bench/page/read-record.ts";
import { loadReferences } from "../../bench/page/references.ts";
import { isCorrect } from "../../bench/record.ts";

const FOLDER = new URL("../../bench/records/", import.meta.url);
const FILES = readdirSync(FOLDER);

describe.each(FILES)("%s", (name) => {
  const text = readFileSync(new URL(name, FOLDER), "utf8");

  test("is a small record", () => {
    expect(name).toMatch(/^[a-z0-9-]+\.json$/);
    expect(text.length).toBeLessThan(50_000);
    expect(() => readRecord(text)).not.toThrow();
  });

  test("has correct steps at the shape of the page, and names its machine", () => {
    const record = readRecord(text);
    const steps = headlineSteps(record);
    expect(steps.filter(isCorrect).length).toBeGreaterThan(2);
    expect(steps[0].shape).toEqual(HEADLINE_SHAPE);
    expect(record.machine.cpu ?? record.machine.adapter).toBeTruthy();
  });
});

test("the page loads all of them, newest first", async () => {
  const dates = (await loadReferences()).map(({ date }) => date);
  expect(dates).toHaveLength(FILES.length);
  expect(dates).toEqual([...dates].sort().reverse());
  expect(dates.length).toBeGreaterThan(0);
});
