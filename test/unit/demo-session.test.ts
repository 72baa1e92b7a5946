/** The demo's session: what a run shows while it trains, when it ends, and after it is opened again. */

import { afterEach, describe, expect, test, vi } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { choicesFor, DEFAULT_CHOICES } from "../../demo/app/state/choices.ts";
import { Session } from "../../demo/app/state/session.ts";
import { Stopwatch } from "../../demo/app/state/stopwatch.ts";
import { statusText } from "../../demo/app/views/train/run-words.ts";
import { disposeLater } from "../support/dispose-later.ts";

const CHOICES = { ...DEFAULT_CHOICES, device: "reference", l2: 0.01 } as const;
const dataset = clouds(3);

async function trained(choices: Partial<typeof DEFAULT_CHOICES>): Promise<Session> {
  const session = new Session(dataset);
  await session.choose({ ...CHOICES, ...choices });
  await session.run.start();
  return session;
}

afterEach(() => void vi.restoreAllMocks());

test("L-BFGS shows loss and accuracy of the training rows, and why it ended", async () => {
  const session = disposeLater(await trained({ solver: "lbfgs", epochs: 1000 }));
  const last = session.run.history.value.at(-1);
  const { x, y } = dataset.train;
  const seen = await session.run.model?.evaluate(x, y as string[]);
  expect(last?.accuracy).toBe(seen?.accuracy);
  expect(last?.loss).toBeCloseTo(seen?.loss ?? Number.NaN, 6);
  expect(session.run.stopReason.value).toBe("tolerance");
  const { history, status, stopReason } = session.run;
  const standing = { status: status.value, latest: last, unit: "iteration", planned: 1000 } as const;
  expect(statusText({ ...standing, stopReason: stopReason.value })).toBe(
    `Done after iteration ${history.value.length}: the optimum, with a gradient of almost 0.`,
  );
});

test("a model that is opened shows what it makes of the validation rows, until it is trained on", async () => {
  const session = disposeLater(new Session(dataset));
  await session.choose({ ...CHOICES, epochs: 3 });
  await session.run.step();
  const [first] = session.run.history.value;
  const file = new Blob([(await session.run.model?.toSafetensors()) ?? ""]);
  await session.run.reset();
  expect(session.run.opened.value).toBe(null);
  await session.adopt(file);
  expect(session.run.opened.value).toMatchObject({
    accuracy: first.validationAccuracy,
    loss: first.validationLoss,
  });
  await session.run.step();
  expect(session.run.opened.value).toBe(null);
  expect(session.run.history.value.map(({ index }) => index)).toEqual([2]);
});

test("a model for other rows is refused, and the one at hand stays", async () => {
  const session = disposeLater(await trained({ epochs: 1 }));
  const other = disposeLater(new Session(clouds(4)));
  const file = new Blob([(await session.run.model?.toSafetensors()) ?? ""]);
  await other.choose({ ...CHOICES, epochs: 1 });
  await other.run.start();
  const { model } = other.run;
  await expect(other.adopt(file)).rejects.toThrow("This model knows A, B, C, but not “D”.");
  expect(other.run.model).toBe(model);
});

test("a model whose run was on other rows predicts, and does not offer to go on", async () => {
  const session = disposeLater(new Session(dataset));
  await session.choose(CHOICES);
  await session.run.step();
  expect(session.run.status.value).toBe("paused");
  const file = new Blob([(await session.run.model?.toSafetensors()) ?? ""]);
  const { x, y } = dataset.train;
  const fewer = { x: { ...x, rows: 300, data: asDense(x).data.subarray(0, 600) }, y: y.slice(0, 300) };
  await session.open({ ...dataset, train: fewer });
  await session.adopt(file);
  expect(session.run.status.value).toBe("done");
  expect(session.run.model?.isResumable).toBe(false);
});

test("if WebGPU was chosen and is missing, WebAssembly trains, and a notice says so", async () => {
  const session = disposeLater(await trained({ device: "webgpu", epochs: 2 }));
  expect(session.run.status.value).toBe("done");
  expect(session.run.message.value).toEqual({
    kind: "notice",
    text: "This browser has no WebGPU to train on. Continuing in WebAssembly.",
  });
  const reason = "This browser has no WebGPU to train on";
  expect(session.run.device.value).toMatchObject({ kind: "wasm", reason });
});

describe("a new run", () => {
  test("leaves the model before in use until the new one is better, or done", async () => {
    const session = disposeLater(await trained({ solver: "lbfgs", epochs: 50 }));
    const before = session.run.inUse.value;
    // Standardised features and a tiny step: the first epoch is worse than the optimum before.
    await session.choose({ ...CHOICES, solver: "sgd", learningRate: 1e-9, epochs: 2, standardize: true });
    expect(session.run.status.value).toBe("idle");
    expect(session.run.inUse.value).toBe(before);
    await session.run.step();
    expect(session.run.history.value).toHaveLength(1);
    const [{ validationAccuracy }] = session.run.history.value;
    expect(validationAccuracy).toBeLessThan(before?.accuracy ?? 0);
    expect(session.run.inUse.value).toBe(before);
    expect(session.run.snapshot.value).not.toEqual(before?.snapshot);
    await session.run.start();
    expect(session.run.status.value).toBe("done");
    expect(session.run.inUse.value?.model).not.toBe(before?.model);
    expect(() => before?.model.weights).toThrow("disposed");
  });

  test("takes the new model into use as soon as it is no worse", async () => {
    // A penalty that leaves no weight.
    const session = disposeLater(await trained({ solver: "lbfgs", l1: 10, epochs: 5 }));
    const before = session.run.inUse.value;
    await session.choose({ ...CHOICES, epochs: 2 });
    await session.run.step();
    expect(session.run.inUse.value?.model).not.toBe(before?.model);
    expect(session.run.inUse.value?.snapshot).toEqual(session.run.snapshot.value);
  });

  test("that fails leaves the model before in use", async () => {
    const session = disposeLater(await trained({ solver: "lbfgs", epochs: 50 }));
    const before = session.run.inUse.value;
    await session.choose({ ...CHOICES, solver: "sgd", learningRate: 1e30, epochs: 5 });
    await session.run.start();
    expect(session.run.status.value).toBe("failed");
    expect(session.run.inUse.value).toBe(before);
    expect(before?.model.weights.every(Number.isFinite)).toBe(true);
  });

  test("of other options replaces the one that is on", async () => {
    const session = disposeLater(new Session(dataset));
    await session.choose({ ...CHOICES, epochs: 500 });
    const first = session.run.start(60);
    await session.choose({ ...CHOICES, epochs: 2 });
    await first;
    await session.run.start();
    expect(session.run.status.value).toBe("done");
    expect(session.run.history.value).toHaveLength(2);
  });
});

describe("changes at once", () => {
  test("options that are chosen while data are opened start nothing on the data before", async () => {
    const session = disposeLater(new Session(dataset));
    await session.choose({ ...CHOICES, epochs: 500 });
    const first = session.run.start(600);
    const other = clouds(4);
    const changes = [session.open(other), session.choose({ ...CHOICES, epochs: 2, seed: 3 })];
    await Promise.all([first, ...changes]);
    expect(session.dataset.value).toBe(other);
    expect(session.run.status.value).toBe("idle");
    expect(session.choices.value).toEqual(choicesFor(other, "reference"));
  });

  test("nor do they end the run that is opened with the data", async () => {
    const session = disposeLater(new Session(dataset));
    const kept = {
      status: "paused",
      ...{ stopReason: null, history: [], seconds: 1, accuracy: Number.NaN, opened: null },
      ...{ choices: CHOICES, modelFile: null, minProbability: 0, threshold: null },
    } as const;
    const opened = session.open(clouds(4), { record: kept, run: { ...kept, model: null, candidate: null } });
    await Promise.all([opened, session.choose({ ...CHOICES, epochs: 2 })]);
    expect(session.run.status.value).toBe("paused");
    expect(session.choices.value).toEqual(CHOICES);
  });

  test("the last of several options counts, and trains", async () => {
    const session = disposeLater(new Session(dataset));
    await session.choose({ ...CHOICES, epochs: 500 });
    const first = session.run.start(600);
    await Promise.all([3, 4].map((epochs) => session.choose({ ...CHOICES, epochs })));
    await first;
    expect(session.run.status.value).toBe("training");
    await session.run.start();
    expect(session.run.history.value).toHaveLength(4);
  });

  test("a run that begins while the one before ends is ended too", async () => {
    const session = disposeLater(new Session(dataset));
    await session.choose({ ...CHOICES, epochs: 500 });
    let second: Promise<void> | null = null;
    const first = session.run.start(600).then(() => {
      second = session.run.start(600);
    });
    await session.run.end();
    expect(session.run.status.value).toBe("idle");
    await first;
    await second;
    expect(session.run.status.value).toBe("idle");
  });

  test("a model is opened after the data that were opened before it", async () => {
    const session = disposeLater(await trained({ epochs: 1 }));
    const file = new File([(await session.run.model?.toSafetensors()) ?? ""], "m.safetensors");
    const other = disposeLater(new Session(clouds(4)));
    await Promise.all([other.open(dataset), other.adopt(file)]);
    expect(other.modelFile.value?.name).toBe("m.safetensors");
    expect(other.run.model).toBe(other.modelFile.value?.model);
    await other.open(clouds(4));
    expect(other.modelFile.value).toBe(null);
  });
});

test("a run that is slowed down counts the time of its training only, and is paused at once", async () => {
  const session = disposeLater(new Session(dataset));
  await session.choose({ ...CHOICES, epochs: 3 });
  // A minute for each epoch: without the pause the test would not end.
  const running = session.run.start(180);
  await vi.waitUntil(() => session.run.history.value.length === 1);
  session.run.pause();
  await running;
  expect(session.run.status.value).toBe("paused");
  expect(session.run.seconds.value).toBeGreaterThan(0);
  expect(session.run.seconds.value).toBeLessThan(30);
});

describe("speed", () => {
  const at = (time: number) => vi.spyOn(performance, "now").mockReturnValue(time);

  test("counts from the first report, or from the start if that is the only one", () => {
    const stopwatch = new Stopwatch();
    at(100);
    stopwatch.start();
    at(110);
    expect(stopwatch.report(50)).toBe(5000);
    at(120);
    expect(stopwatch.report(250)).toBe(20_000);
  });

  test("says nothing of a resumed run's first report, nor of a moment", () => {
    const stopwatch = new Stopwatch();
    at(100);
    expect(stopwatch.report(1000)).toBe(null);
    at(101);
    expect(stopwatch.report(1100)).toBe(null);
    at(150);
    expect(stopwatch.report(2000)).toBe(20_000);
  });
});
