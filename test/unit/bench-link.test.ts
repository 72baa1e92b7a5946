/** A record in a link: it comes back as it was, and what is damaged, foreign or too large is refused in one sentence. */
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { shapeText } from "../../bench/measure/text.ts";
import { barsOf } from "../../bench/page/bars.ts";
import { headlineOf } from "../../bench/page/headline.ts";
import { RecordError } from "../../bench/page/read-record.ts";
import { fragmentOf, MAX_MADE, MAX_READ, MAX_UNPACKED, readFragment } from "../../bench/page/record-link.ts";
import { type BenchRecord, LOST_GPU } from "../../bench/record.ts";
import { formatNumber } from "../../demo/ui/format.ts";
import { createRandom } from "../../src/data/random.ts";
import { ADAPTER, kernelOf, recordOf, SHAPE, shapeOf, spread, stepOf } from "../support/bench-records.ts";

const GPU_DETAILS = "features and limits of the GPU";

/** Returns a record as a link keeps it: without features and limits of the adapter. */
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
    expect(leftOut).toEqual([GPU_DETAILS]);
    expect(fragment).toMatch(/^record=1\.[\w-]+$/);
    expect(fragment.length).toBeLessThan(1000);
    expect(await readFragment(`#${fragment}`)).toStrictEqual(kept(recordOf()));
  });

  test("keeps times as they are, and that a result is wrong", async () => {
    const time = { median: 1.23456789, min: 1.2, max: 1.300000049, count: 9 };
    const record = recordOf({ steps: [stepOf({ time, error: Number.NaN })] });
    const [step] = (await readFragment((await fragmentOf(record)).fragment)).steps;
    expect(step.time).toEqual(time);
    expect(step.error).toBeNaN();
  });

  test("shows the headline and the bars that its sender saw", async () => {
    const random = createRandom(1);
    const names = [
      "softmax-webgpu 1 webgpu",
      "softmax-webgpu 1 wasm, 2 threads",
      "TF.js 4 webgpu",
      "jax-js 1 wasm",
    ];
    const shown = (record: BenchRecord) => ({
      headline: headlineOf(record, false),
      bars: barsOf(record).map(({ label, rate }) => [label, formatNumber(rate ?? 0)]),
    });
    for (let i = 0; i < 250; i++) {
      const steps = names.map((contender) => stepOf({ contender, time: spread(50 * random.uniform()) }));
      const record = recordOf({ steps });
      const { fragment } = await fragmentOf(record);
      expect(shown(await readFragment(fragment)), `record ${i}`).toEqual(shown(record));
    }
  });

  test("says that it leaves out the GPU's features and limits only if there are any", async () => {
    const adapter = { ...ADAPTER, features: [], limits: {} };
    const { machine } = recordOf();
    expect((await fragmentOf(recordOf({ machine: { ...machine, adapter } }))).leftOut).toEqual([]);
    expect((await fragmentOf(recordOf({ machine: { ...machine, adapter: null } }))).leftOut).toEqual([]);
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
    expect(leftOut).toEqual([GPU_DETAILS, "notes about the plans", "kernels", "other shapes"]);
    expect(fragment.length).toBeLessThan(MAX_MADE);
    const { steps: back, kernels: none } = await readFragment(fragment);
    expect(none).toEqual([]);
    expect(back.map(({ shape }) => shape.rows)).toEqual([1024]);
  });

  test("at its shortest says that the GPU was lost and which contenders failed, and names only what it lacks", async () => {
    const random = createRandom(2);
    const noise = (length: number) =>
      Array.from({ length }, () => random.uniform().toString(36).slice(2, 10)).join("");
    const ofKernels = Array.from({ length: 100 }, (_, i) => ({ what: `kernel ${i}`, message: noise(40) }));
    const failed = `TF.js 4.22.0 wasm, f32, at ${shapeText(SHAPE)}`;
    const failures = [
      ...ofKernels,
      { what: LOST_GPU, message: noise(40) },
      { what: failed, message: noise(40) },
      { what: "jax-webgpu", message: "none" },
    ];
    const { note: _, ...step } = stepOf();
    const { fragment, leftOut } = await fragmentOf(recordOf({ steps: [step], kernels: [], failures }));
    expect(leftOut).toEqual([GPU_DETAILS, "details of what could not be measured"]);
    const back = (await readFragment(fragment)).failures;
    expect(back.map(({ what }) => what)).toEqual([LOST_GPU, failed, "jax-webgpu"]);
    expect(back.map(({ message }) => message.length)).toEqual([60, 60, 4]);
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
