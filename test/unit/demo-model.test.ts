/** The view "Model": the code that reproduces a run, the facts of a model, and what a reopened one brings along. */
import { describe, expect, test, vi } from "vitest";
import { clouds, digits } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { choicesOf, DEFAULT_CHOICES, optionsOf } from "../../demo/app/state/choices.ts";
import { Session } from "../../demo/app/state/session.ts";
import { factsOf } from "../../demo/app/views/model/facts.ts";
import { fileName } from "../../demo/app/views/model/save-file.ts";
import { snippetOf } from "../../demo/app/views/model/snippet.ts";
import { readModel } from "../../src/formats/read-model.ts";
import { type Matrix, SoftmaxRegression, strokeDigits } from "../../src/index.ts";

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;

/** Runs the code as it stands, but for its import; what it prints goes to `log`. */
async function execute(code: string, log: (...values: unknown[]) => void): Promise<unknown> {
  const body = code.replace(/^import .*\n/, "").replace("export async function", "return async function");
  const run = AsyncFunction("SoftmaxRegression", "strokeDigits", "console", body);
  return run(SoftmaxRegression, strokeDigits, { log });
}

/** The page's drawings, fewer of them. */
function drawings(rows: number, checked: number): DemoDataset {
  const [train, validation] = [strokeDigits({ rows, seed: 0 }), strokeDigits({ rows: checked, seed: 1 })];
  return {
    ...{ name: "Stroke digits", description: "", features: null },
    image: { width: 28, height: 28, channels: 1 },
    train: { ...train, y: Array.from(train.y) },
    validation: { ...validation, y: Array.from(validation.y) },
  };
}

function bytesOf({ data: { buffer, byteOffset, byteLength } }: Matrix): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

describe("the code", () => {
  test("draws what the page trains on", () => {
    const dataset = digits();
    const expected = drawings(dataset.train.x.rows, dataset.validation.x.rows);
    expect(dataset.name).toBe(expected.name);
    for (const part of ["train", "validation"] as const) {
      expect(dataset[part].y).toEqual(expected[part].y);
      expect(Buffer.compare(bytesOf(dataset[part].x), bytesOf(expected[part].x))).toBe(0);
    }
    const code = snippetOf({ dataset, options: {} });
    expect(code).toContain(`const train = strokeDigits({ rows: ${dataset.train.x.rows}, seed: 0 });`);
  });

  const choices = { ...DEFAULT_CHOICES, device: "reference", rounds: 1 } as const;

  test("on the page's drawings, is the session's own run", async () => {
    const dataset = drawings(300, 100);
    const session = new Session(dataset);
    await session.choose(choices);
    await session.start();
    const round = session.rounds.value[0];

    const code = snippetOf({ dataset, options: optionsOf(choices) });
    expect(code).toMatch(/^import \{ SoftmaxRegression, strokeDigits \} from "softmax-webgpu";$/m);
    expect(code).toContain(`new SoftmaxRegression({
  device: "reference",
  solver: "sgd",
  batchSize: 128,
  epochs: 1,
})`);
    const log = vi.fn();
    await execute(code, log);
    expect(log.mock.calls[0]).toEqual([1, round.loss, round.validationAccuracy]);
    expect(log.mock.calls[1][1]).toMatchObject({
      accuracy: round.validationAccuracy,
      loss: round.validationLoss,
    });
    session.dispose();
  });

  test.each(["sgd", "adamw", "lbfgs"] as const)("on other rows, takes them: %s", async (solver) => {
    const dataset = { ...clouds(3), name: "odd */ name\n" };
    const { train, validation } = dataset;
    const options = optionsOf({ ...choices, solver, rounds: 2, l2: 0.01, standardize: true });
    const code = snippetOf({ dataset, options });
    expect(code).toMatch(/^export async function learn\(train, validation\) \{$/m);
    const log = vi.fn();
    const learn = (await execute(code, log)) as (...rows: unknown[]) => Promise<SoftmaxRegression>;
    const model = await learn(train, validation);
    const expected = new SoftmaxRegression(options);
    await expected.fit(train.x, train.y as string[]);
    expect(model.weights).toEqual(expected.weights);
    expect(log.mock.lastCall?.[1]).toHaveProperty("accuracy");
    model.dispose();
    expected.dispose();
  });

  test("says nothing of options that are as by default", () => {
    expect(snippetOf({ dataset: clouds(2), options: {} })).toContain("new SoftmaxRegression();");
  });
});

describe("a model", () => {
  test("has its facts, and brings its choices along when it is opened again", async () => {
    const dataset = clouds(3);
    const first = new Session(dataset);
    const choices = { ...DEFAULT_CHOICES, device: "reference", rounds: 3, l2: 0.01, batchSize: 64 } as const;
    await first.choose(choices);
    await first.step();
    const { model } = first;
    if (!model) throw new Error("a round gives a model");
    const saved = readModel(model.toSafetensors());
    expect(Object.fromEntries(factsOf(saved))).toMatchObject({
      Classes: "3: A, B, C",
      Features: "2",
      Parameters: "9",
      "λ, of ‖W‖²": "0.01",
      Temperature: "1, not calibrated",
      "Can go on training": "yes, from where it was paused",
    });
    expect(choicesOf(saved.options, "reference")).toEqual(choices);

    const second = new Session(dataset);
    await second.choose({ ...DEFAULT_CHOICES, device: "reference" });
    await second.adopt(new Blob([model.toSafetensors()]));
    expect(second.status.value).toBe("paused");
    expect(second.choices.value).toEqual(choices);
    await Promise.all([first.start(), second.start()]);
    expect(second.status.value).toBe("done");
    expect(second.snapshot.value).toEqual(first.snapshot.value);
    first.dispose();
    second.dispose();
  });

  test("has a file's name after its data set", () => {
    expect(fileName("Stroke digits", "json")).toBe("stroke-digits.json");
    expect(fileName("…", "onnx")).toBe("model.onnx");
  });
});
