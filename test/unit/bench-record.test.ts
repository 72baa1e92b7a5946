/** What the benchmark page reads from a file that anybody may have written, and how records are named. */
import { describe, expect, test } from "vitest";
import { MAX_FILE_BYTES, RecordError, readRecord, readRecordFile } from "../../bench/page/read-record.ts";
import { fileName, recordNames } from "../../bench/page/record-names.ts";
import { ADAPTER, kernelOf, recordOf, stepOf } from "../support/bench-records.ts";

/** The JSON of a record in which the value at `path` is another one, or is missing. */
function changed(path: string, value?: unknown): string {
  const record: unknown = JSON.parse(JSON.stringify(recordOf()));
  const keys = path.split(".");
  const last = keys.pop() as string;
  const owner = keys.reduce<object>((object, key) => Reflect.get(object, key) as object, record as object);
  if (!(last in owner)) throw new Error(`the record has no ${path}`);
  if (value === undefined) Reflect.deleteProperty(owner, last);
  else Reflect.set(owner, last, value);
  return JSON.stringify(record);
}

function refusal(json: string): string {
  try {
    readRecord(json);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordError);
    return (error as Error).message;
  }
  return expect.unreachable("read, a refusal was expected");
}

describe("reading a record", () => {
  test("what was saved is read as it was", () => {
    for (const record of [
      recordOf(),
      recordOf({ ceilings: null, kernels: [], steps: [], failures: [] }),
      recordOf({ machine: { runtime: "node", agent: "Node 20", cores: 2, adapter: null } }),
    ]) {
      expect(readRecord(JSON.stringify(record))).toStrictEqual(record);
    }
  });

  test("JSON writes an error that is no number as null: it is read as one and stays wrong", () => {
    const json = JSON.stringify(recordOf({ steps: [stepOf({ error: Number.NaN })] }));
    expect(json).toContain('"error":null');
    expect(readRecord(json).steps[0].error).toBeNaN();
  });

  test("fields of no record are dropped", () => {
    const record = readRecord(JSON.stringify({ ...recordOf(), onclick: "alert(1)" }));
    expect(record).toStrictEqual(recordOf());
  });

  for (const [what, json] of [
    ["nothing", ""],
    ["no JSON", "<!doctype html>"],
    ["a cut-off record", JSON.stringify(recordOf()).slice(0, -20)],
    ["NaN, which JSON has not", JSON.stringify(recordOf()).replace('"flops":1000000000', '"flops":NaN')],
    ["brackets without end", "[".repeat(1e6)],
  ] as const) {
    test(`${what} is refused`, () => {
      expect(refusal(json)).toMatch(/not JSON, or it was cut off/);
    });
  }

  test.each(["null", "1", '"text"', "[]", "{}"])("%s is refused", (json) => {
    expect(refusal(json)).toMatch(/^(the record|version): /);
  });

  test("another version is refused before anything else", () => {
    expect(refusal(JSON.stringify({ version: 2, results: [] }))).toMatch(/^version: .*1.*2/);
  });

  const under = (path: string, ...names: string[]) => names.map((name) => `${path}.${name}`);
  const result = ["storage", "error", "tolerance"];
  const paths = [
    ...["date", "machine", "versions", "ceilings", "kernels", "steps", "failures"],
    ...under("machine", "runtime", "agent", "cores", "adapter"),
    ...under("machine.adapter", "vendor", "software", "features", "limits"),
    ...under("ceilings", "fma", "submit.median"),
    ...under("kernels.0", "kernel", "variant", "shape.classes", "time", "flops", "bytes", ...result),
    ...under("steps.0", "contender", "shape", "time.count", ...result),
    ...under("failures.0", "what", "message"),
  ];
  test.each(paths)("without %s it is refused, and the field named", (path) => {
    expect(refusal(changed(path))).toContain(`${path}: `);
  });
  test.each(paths)("with %s of another type it is refused, and the field named", (path) => {
    // No field may be true, so one value is wrong everywhere but where a yes or no belongs.
    const value = path.endsWith("software") ? "yes" : true;
    expect(refusal(changed(path, value))).toContain(path);
  });

  test.each([
    ["kernels.0.time.median", -1],
    ["steps.0.time.min", -0.001],
    ["steps.0.time.median", null],
    ["steps.0.time.median", "0.5"],
    ["steps.0.time.count", 0],
    ["steps.0.time.count", 1.5],
    ["steps.0.shape.rows", 0],
    ["kernels.0.bytes", 0],
    ["kernels.0.error", -1e-9],
    ["kernels.0.storage", "f64"],
    ["machine.runtime", "phone"],
    ["steps.0.note", 7],
    ["versions.softmax-webgpu", 1],
    ["version", "9".repeat(1000)],
    ["date", "yesterday"],
    ["date", "2026-13-40T25:61:00.000Z"],
    ["machine.agent", "x".repeat(100_001)],
    ["steps.0.contender", "x".repeat(301)],
  ])("%s of %j is refused, and the field named", (path, value) => {
    const message = refusal(changed(path, value));
    expect(message).toContain(`${path}: `);
    expect(message.length).toBeLessThanOrEqual(300);
  });

  test("a number too large for JSON's reader is refused", () => {
    const json = JSON.stringify(recordOf()).replace('"flops":1000000000', '"flops":1e999');
    expect(refusal(json)).toContain("kernels.0.flops: ");
  });

  test("a median outside its span is refused", () => {
    const outside = { median: 3, min: 1, max: 2, count: 9 };
    const message = "steps.0.time: the median lies outside min to max";
    expect(refusal(changed("steps.0.time", outside))).toBe(message);
  });

  test("more results than a page can show are refused", () => {
    expect(refusal(changed("steps", Array(2001).fill(stepOf())))).toContain("steps: ");
    expect(refusal(changed("kernels", Array(2001).fill(kernelOf())))).toContain("kernels: ");
  });

  test.each(["machine", "versions", "machine.adapter.limits"])("__proto__ in %s is refused", (path) => {
    const poisoned = changed(path, { marker: 0 }).replace('{"marker":0}', '{"__proto__":{"polluted":1}}');
    expect(refusal(poisoned)).toMatch(/^__proto__: /);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test("a file over 10 MB is refused unread", async () => {
    const file = { size: MAX_FILE_BYTES + 1, text: () => expect.unreachable("read") };
    await expect(readRecordFile(file)).rejects.toThrow(RecordError);
    const blob = new Blob([JSON.stringify(recordOf())]);
    await expect(readRecordFile(blob)).resolves.toStrictEqual(recordOf());
  });
});

describe("names", () => {
  const named = (description: string) =>
    recordOf({ machine: { ...recordOf().machine, adapter: { ...ADAPTER, description } } });

  test("a record is named by machine and date, the second of a name by a number", () => {
    const adapter = { ...ADAPTER, software: true };
    const software = recordOf({ machine: { ...recordOf().machine, adapter } });
    const cpu = recordOf({ machine: { runtime: "node", agent: "Node 20", cores: 2, adapter: null } });
    const date = "2026-11-20 14:05 UTC";
    expect(recordNames([named("Apple M2"), software, cpu, named("Apple M2")])).toEqual([
      { machine: "Apple M2", date },
      { machine: "apple metal-3 (software)", date },
      { machine: "CPU with 2 cores", date },
      { machine: "Apple M2 (2)", date },
    ]);
  });

  test.each([
    ["Apple M2", "softmax-webgpu-bench-apple-m2-2026-11-20t14-05.json"],
    ["../../etc/passwd", "softmax-webgpu-bench-etc-passwd-2026-11-20t14-05.json"],
    ["<b>\u202egpj.🔥", "softmax-webgpu-bench-b-gpj-2026-11-20t14-05.json"],
    ["显卡", "softmax-webgpu-bench-2026-11-20t14-05.json"],
  ])("a file of %s is called %s", (description, expected) => {
    expect(fileName(named(description))).toBe(expected);
  });

  test("a file name stays short and keeps the date", () => {
    const name = fileName(named("x ".repeat(150)));
    expect(name).toMatch(/^softmax-webgpu-bench-[a-z0-9-]+2026-11-20t14-05\.json$/);
    expect(name.length).toBeLessThan(100);
  });
});
