/** Rows in GPU buffers that cannot be trained on are refused; nothing of ours stays allocated, and the device goes on. */
import { describe, expect, test } from "vitest";
import type { GpuRows } from "../../src/index.ts";
import { callersDevice, inPieces, modelsOnDevice, onGpu, problemOf, SGD } from "../support/gpu-rows.ts";
import { countLiveBuffers } from "../support/live-buffers.ts";
import { refusal } from "../support/refusal.ts";

const { device, modelWith } = await modelsOnDevice();

describe("refused", () => {
  const { x, y } = problemOf(20, 4);
  const labels = Array.from(y);
  const good = onGpu(device, x);
  const model = () => modelWith(SGD);
  const notStorage = device.createBuffer({ size: 320, usage: GPUBufferUsage.COPY_DST });
  const mapped = device.createBuffer({ size: 320, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true });

  test.each<[string, unknown, string, string, string]>([
    ["no buffer", { ...good, buffer: x.data }, "DataError", "x.buffer", "given as { data, rows, cols }"],
    ["no rows", { ...good, rows: 0 }, "ShapeError", "x.rows", "integer of at least 1"],
    ["broken cols", { ...good, cols: 1.5 }, "ShapeError", "x.cols", "integer of at least 1"],
    ["an unknown dtype", { ...good, dtype: "u8" }, "DataError", "x.dtype", '"f32" or "f16"'],
    ["a buffer without STORAGE", { ...good, buffer: notStorage }, "DataError", "x.buffer", "with STORAGE"],
    ["a mapped buffer", { ...good, buffer: mapped }, "DataError", "x.buffer", "call unmap() first"],
    ["too small a buffer", { ...good, rows: 21 }, "ShapeError", "x.buffer", "at least 336 bytes"],
    ["too small for the offset", { ...good, offset: 4 }, "ShapeError", "x.buffer", "at least 324 bytes"],
    ["too small for the stride", { ...good, stride: 20 }, "ShapeError", "x.buffer", "at least 396 bytes"],
    ["a broken offset", { ...good, offset: 2 }, "DataError", "x.offset", "multiple of the element's 4"],
    ["an offset below 0", { ...good, offset: -4 }, "DataError", "x.offset", "at least 0"],
    ["a stride below a row", { ...good, stride: 12 }, "DataError", "x.stride", "at least 16"],
    ["a broken stride", { ...good, rows: 2, stride: 18 }, "DataError", "x.stride", "multiple"],
    ["other cols", [good, { ...good, cols: 3 }], "ShapeError", "x[1].cols", "equal cols"],
    ["another dtype", [good, { ...good, dtype: "f16" }], "DataError", "x[1].dtype", "equal cols and dtype"],
    ["a piece from memory", [good, x], "DataError", "x[1]", "like the first piece"],
  ])("%s", async (_what, rows, name, argument, words) => {
    const live = countLiveBuffers();
    await expect(model().fit(rows as GpuRows, labels)).rejects.toEqual(refusal(name, argument, words));
    expect(live.created).toBe(0);
  });

  test.each(["auto", "webgpu", "wasm", "reference"] as const)("the device %s", async (other) => {
    const words = "new SoftmaxRegression({ device: yourDevice })";
    const elsewhere = modelWith({ device: other });
    await expect(elsewhere.fit(good, labels)).rejects.toEqual(refusal("DataError", "x", words));
    expect(elsewhere.device).toBeNull();
    await elsewhere.fit(x, labels);
    for (const call of [elsewhere.predict(good), elsewhere.evaluate(good, labels), elsewhere.logits(good)])
      await expect(call).rejects.toEqual(refusal("DataError", "x", words));
  });

  test("options that need rows on the host", async () => {
    const standardised = modelWith({ standardize: true });
    await expect(standardised.fit(good, labels)).rejects.toEqual(
      refusal("OptionError", "standardize", "standardise them in the encoder, or pass arrays"),
    );
    for (const [storage, rows] of [
      ["u8", good],
      ["f16", good],
      ["f32", { ...good, dtype: "f16" }],
    ] as const)
      await expect(modelWith({ storage }).fit(rows, labels)).rejects.toEqual(
        refusal("OptionError", "storage", "leave the option out, or pass arrays"),
      );
    await modelWith({ ...SGD, storage: "f32" }).fit(good, labels);
  });

  test("validation rows on the GPU for rows in memory", async () => {
    await expect(model().fit(x, labels, { validation: [good, labels] })).rejects.toEqual(
      refusal("DataError", "validation[0]", "give both there"),
    );
  });

  test.each([
    ["NaN", "f32", NaN],
    ["an infinity", "f32", -Infinity],
    ["NaN in halves", "f16", NaN],
    ["an infinity in halves", "f16", Infinity],
  ] as const)("%s, with the first row that holds one", async (_what, dtype, value) => {
    const data = x.data.slice();
    data[4 * 13 + 2] = data[4 * 17] = value;
    const inTwo = inPieces(device, { ...x, data }, [10, 10]);
    const bad = dtype === "f32" ? inTwo : onGpu(device, { ...x, data }, { dtype });
    if (dtype === "f16") writeHalf(bad as GpuRows, 4 * 13 + 2, value);
    const fitted = model();
    await fitted.fit(x, labels);
    const { weights } = fitted;
    for (const call of [() => fitted.fit(bad, labels), () => fitted.predict(bad)])
      await expect(call()).rejects.toEqual(refusal("DataError", "x", "row 13 holds NaN or an infinity"));
    const held = fitted.fit(good, labels, { validation: [bad, labels] });
    await expect(held).rejects.toEqual(refusal("DataError", "validation[0]", "row 13"));
    expect(fitted.weights).toEqual(weights);
  });

  test("buffers that are destroyed, or of another device; the device goes on", async () => {
    const destroyed = onGpu(device, x);
    destroyed.buffer.destroy();
    const other = await callersDevice();
    const foreign = onGpu(other, x);
    const fitted = model();
    for (const rows of [destroyed, foreign]) {
      for (const call of [
        () => fitted.fit(rows, labels),
        () => fitted.partialFit([good, rows], [...labels, ...labels]),
      ])
        await expect(call()).rejects.toEqual(
          refusal("DataError", "x", "destroyed or belongs to another device"),
        );
      await fitted.fit(good, labels);
      await expect(fitted.predict(rows)).rejects.toEqual(refusal("DataError", "x", "destroyed or belongs"));
      expect((await fitted.evaluate(good, labels)).accuracy).toBeGreaterThan(0.5);
    }
  });
});

/** Writes the bits of a half that is no number. */
function writeHalf({ buffer }: GpuRows, element: number, value: number): void {
  const at = element - (element % 2);
  device.queue.writeBuffer(
    buffer,
    2 * at,
    Uint16Array.of(...[0, 1].map(() => (Number.isNaN(value) ? 0x7e00 : 0x7c00))),
  );
}

test("100 fits, evaluations and refusals leave none of our buffers, and all of the caller's", async () => {
  const { x, y } = problemOf(40, 6);
  const labels = Array.from(y);
  const rows = [
    onGpu(device, x),
    onGpu(device, { ...x, rows: 20, cols: 12 }),
    onGpu(device, x, { offset: 12 }),
  ];
  const bad = onGpu(device, { ...x, data: x.data.map(() => NaN) });
  const live = countLiveBuffers();
  const model = modelWith({ maxIterations: 3, tuning: "off" });
  for (let i = 0; i < 100; i++) {
    const one = rows[i % 3];
    const seen = labels.slice(0, one.rows);
    const fitting = i % 3 === 1 ? modelWith({ ...SGD, epochs: 1 }) : model;
    await fitting.fit(one, seen);
    expect(live.size).toBe(0);
    if (i % 10 > 0) continue;
    await fitting.evaluate(one, seen);
    await expect(fitting.fit(bad, labels)).rejects.toThrow(/NaN/);
    expect(live.size).toBe(0);
  }
  expect(live.created).toBeGreaterThan(1000);
  for (const one of rows) await model.evaluate({ ...one, rows: 40, cols: 6 }, labels);
  expect((await model.evaluate(rows[0], labels)).accuracy).toBeGreaterThan(0.5);
}, 600_000);
