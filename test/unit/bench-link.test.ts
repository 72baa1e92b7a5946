/** A record in a link: it comes back as it was, and what is damaged, foreign or too large is refused in one sentence. */
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RecordError } from "../../bench/page/read-record.ts";
import { fragmentOf, MAX_MADE, MAX_READ, MAX_UNPACKED, readFragment } from "../../bench/page/record-link.ts";
import type { BenchRecord } from "../../bench/record.ts";
import { ADAPTER, kernelOf, recordOf, shapeOf, stepOf } from "../support/bench-records.ts";

/** What a link keeps of a record: no features and limits of the adapter. */
function kept(record: BenchRecord): BenchRecord {
  return { ...record, machine: { ...record.machine, adapter: { ...ADAPTER, features: [], limits: {} } } };
}

async function refusal(fragment: string): Promise<string> {
  const error = await readFragment(fragment).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RecordError);
  return (error as Error).message;
}

const packed = (bytes: Uint8Array | string) =>
  `record=1.${deflateSync(bytes, { level: 9 }).toString("base64url")}`;

describe("a link", () => {
  test("brings the record back, and is short", async () => {
    const { fragment, leftOut } = await fragmentOf(recordOf());
    expect(leftOut).toEqual([]);
    expect(fragment).toMatch(/^record=1\.[\w-]+$/);
    expect(fragment.length).toBeLessThan(1000);
    expect(await readFragment(`#${fragment}`)).toStrictEqual(kept(recordOf()));
  });

  test("keeps four digits of a time, and that a result is wrong", async () => {
    const time = { median: 1.234567, min: 1.2, max: 1.300049, count: 9 };
    const record = recordOf({ steps: [stepOf({ time, error: Number.NaN })] });
    const [step] = (await readFragment((await fragmentOf(record)).fragment)).steps;
    expect(step.time).toEqual({ median: 1.235, min: 1.2, max: 1.3, count: 9 });
    expect(step.error).toBeNaN();
  });

  test("leaves out details if it would be too long, and names them", async () => {
    const random = (i: number) => 1 + ((i * 7919) % 9973) / 9973;
    const time = (i: number) => ({ median: random(i), min: random(i), max: random(i), count: 9 });
    const steps = Array.from({ length: 900 }, (_, i) =>
      stepOf({
        shape: shapeOf(1 + i, 784, 10),
        time: time(i),
        error: random(i) * 1e-7,
        note: `note ${random(i)}`,
      }),
    );
    const kernels = Array.from({ length: 900 }, (_, i) =>
      kernelOf({ time: time(i), flops: random(i) * 1e9 }),
    );
    const at = stepOf({ time: time(1) });
    const { fragment, leftOut } = await fragmentOf(recordOf({ steps: [...steps, at], kernels }));
    expect(leftOut).toEqual(["notes about the plans", "kernels", "other shapes"]);
    expect(fragment.length).toBeLessThan(MAX_MADE);
    const { steps: back, kernels: none } = await readFragment(fragment);
    expect(none).toEqual([]);
    expect(back.map(({ shape }) => shape.rows)).toEqual([1024]);
  });
});

describe("what is no such link is refused:", () => {
  test("one that was cut off, or changed in any place", async () => {
    const { fragment } = await fragmentOf(recordOf());
    const start = fragment.indexOf(".") + 1;
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // The last character may hold bits that belong to no byte.
    for (let i = start; i < fragment.length - 1; i++) {
      const other = alphabet[(alphabet.indexOf(fragment[i]) + 17) % 64];
      const changed = fragment.slice(0, i) + other + fragment.slice(i + 1);
      expect(await refusal(changed), `at ${i}`).toMatch(/^The link (is damaged|unpacks to more)/);
      expect(await refusal(fragment.slice(0, i)), `cut at ${i}`).toMatch(/^The link is damaged/);
    }
    expect(await refusal(`${fragment}%20`)).toMatch(/^The link is damaged/);
  });

  test.each([
    ["another fragment", "train?l2=0.1", /ends in “#train\?l2=0\.1”, which is no record/],
    ["another version", "record=2.AAAA", /another version of this page/],
    ["one without a version", "record=AAAA", /no record of this page/],
    ["one that is too long", `record=1.${"A".repeat(MAX_READ + 1)}`, /longer than that of any record/],
    ["no JSON", packed("hello"), /holds no record of this page: This is not JSON/],
    ["no UTF-8", packed(Uint8Array.of(0xff, 0xfe)), /damaged/],
    ["another object", packed("{}"), /holds no record of this page: version/],
    ["a key of the prototype", packed('{"__proto__":{}}'), /holds no record of this page: __proto__/],
    [
      "a record of another version",
      packed(JSON.stringify({ ...recordOf(), version: 2 })),
      /no record.*version/,
    ],
  ])("%s", async (_, fragment, message) => {
    expect(await refusal(fragment)).toMatch(message);
  });

  test("a bomb, while it unpacks", async () => {
    const bomb = packed(new Uint8Array(50 * MAX_UNPACKED).fill(32));
    expect(bomb.length).toBeLessThan(MAX_READ * 2);
    const small = packed(new Uint8Array(20 * MAX_UNPACKED).fill(32));
    expect(small.length).toBeLessThan(MAX_READ);
    let bytes = 0;
    const { decode } = TextDecoder.prototype;
    TextDecoder.prototype.decode = function (input, options) {
      bytes += input?.byteLength ?? 0;
      return decode.call(this, input, options);
    };
    try {
      expect(await refusal(small)).toMatch(/unpacks to more than any record/);
    } finally {
      TextDecoder.prototype.decode = decode;
    }
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MAX_UNPACKED);
  });
});
