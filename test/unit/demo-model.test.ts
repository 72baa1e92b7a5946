/** The view "Model": the code that reproduces a run, the facts of a model, and what a reopened one brings along. */
import { describe, expect, test, vi } from "vitest";
import { clouds, digits } from "../../demo/app/data/built-in.ts";
import { choicesOf, DEFAULT_CHOICES, optionsOf } from "../../demo/app/state/choices.ts";
import { Session } from "../../demo/app/state/session.ts";
import { factsOf } from "../../demo/app/views/model/facts-section.tsx";
import { fileName } from "../../demo/app/views/model/files-section.tsx";
import { snippetOf } from "../../demo/app/views/model/snippet.ts";
import { strokeDigits } from "../../src/digits.ts";
import { readModel } from "../../src/formats/read-model.ts";
import { readIdxPair, SoftmaxRegression } from "../../src/index.ts";
import { file, open } from "../support/demo-files.ts";
import { execute } from "../support/demo-snippet.ts";
import { disposeLater } from "../support/dispose-later.ts";

/** What the code may use; what it prints goes to `log`. */
function known(log: (...values: unknown[]) => void) {
  return { SoftmaxRegression, readIdxPair, strokeDigits, console: { log }, fetch: served };
}

/** Two images of a pixel each, or their labels. */
async function served(name: string): Promise<Response> {
  const [magic, ...sizes] = name.includes("images") ? [0x803, 2, 1, 1] : [0x801, 2];
  const header = new DataView(new ArrayBuffer(4 * (sizes.length + 1)));
  for (const [i, word] of [magic, ...sizes].entries()) header.setUint32(4 * i, word);
  return new Response(new Blob([header, Uint8Array.of(0, 1)]));
}

/** The page's own drawings. */
const drawn = digits({ signal: new AbortController().signal, onProgress: () => {} });

describe("the code", () => {
  const choices = { ...DEFAULT_CHOICES, device: "reference", epochs: 1 } as const;

  test.each(["drawings", "clouds"])("on the page's %s, is the session's own run", async (name) => {
    const dataset = name === "clouds" ? clouds() : await drawn;
    const session = disposeLater(new Session(dataset));
    await session.choose(choices);
    await session.run.start();
    const round = session.run.history.value[0];

    const code = snippetOf({ dataset, options: optionsOf(choices) });
    expect(code).toMatch(/^import \{ SoftmaxRegression \} from "softmax-webgpu";$/m);
    expect(code.includes('import { strokeDigits } from "softmax-webgpu/digits";')).toBe(name === "drawings");
    expect(code).toContain(`new SoftmaxRegression({
  device: "reference",
  solver: "sgd",
  batchSize: 128,
  epochs: 1,
})`);
    const log = vi.fn();
    await execute(code, known(log));
    expect(log.mock.calls[0]).toEqual([1, round.loss, round.validationAccuracy]);
    expect(log.mock.calls[1][1]).toMatchObject({
      accuracy: round.validationAccuracy,
      loss: round.validationLoss,
    });
  });

  test("on files that the library reads itself, reads them", async () => {
    const names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images", "t10k-labels"];
    const files = names.map(async (name) => file(name, await (await served(name)).bytes()));
    const dataset = await open(await Promise.all(files));
    const code = snippetOf({ dataset, options: optionsOf({ ...choices, l2: 0.5 }) });
    expect(code).toMatch(/^import \{ readIdxPair, SoftmaxRegression \} from "softmax-webgpu";$/m);
    const session = disposeLater(new Session(dataset));
    await session.choose({ ...choices, l2: 0.5 });
    await session.run.start();
    const log = vi.fn();
    await execute(code, known(log));
    expect(log.mock.calls[0]).toEqual([
      1,
      ...[session.run.history.value[0]].flatMap((r) => [r.loss, r.validationAccuracy]),
    ]);
  });

  test.each(["sgd", "adamw", "lbfgs"] as const)("on other rows, takes them: %s", async (solver) => {
    const dataset = { ...clouds(3), name: "odd */ name\n", code: null };
    const { train, validation } = dataset;
    const options = optionsOf({ ...choices, solver, epochs: 2, l2: 0.01, standardize: true });
    const code = snippetOf({ dataset, options });
    expect(code).toMatch(/^export async function learn\(train, validation\) \{$/m);
    const log = vi.fn();
    const learn = (await execute(code, known(log))) as (...rows: unknown[]) => Promise<SoftmaxRegression>;
    const model = disposeLater(await learn(train, validation));
    const expected = disposeLater(new SoftmaxRegression(options));
    await expected.fit(train.x, train.y as string[]);
    expect(model.weights).toEqual(expected.weights);
    expect(log.mock.lastCall?.[1]).toHaveProperty("accuracy");
  });

  test("gives weights by label as a Map, which takes any label", () => {
    const options = { classWeight: new Map([["constructor", 2]]) };
    expect(snippetOf({ dataset: clouds(2), options })).toContain(
      'classWeight: new Map([["constructor", 2]]),',
    );
  });

  test("says nothing of options that are as by default", () => {
    expect(snippetOf({ dataset: clouds(2), options: {} })).toContain("new SoftmaxRegression();");
  });
});

describe("a model", () => {
  test("has its facts, and brings its choices along when it is opened again", async () => {
    const dataset = clouds(3);
    const first = disposeLater(new Session(dataset));
    const choices = { ...DEFAULT_CHOICES, device: "reference", epochs: 3, l2: 0.01, batchSize: 64 } as const;
    await first.choose(choices);
    await first.run.step();
    const { model } = first.run;
    if (!model) throw new Error("a round gives a model");
    const saved = await readModel(await model.toSafetensors());
    expect(Object.fromEntries(factsOf(saved))).toMatchObject({
      Classes: "3: A, B, C",
      Features: "2",
      Parameters: "9",
      "λ, of ‖W‖²": "0.01",
      Temperature: "1, not calibrated",
      "Can continue training": "yes, from where it was paused",
    });
    expect(choicesOf(saved.options, "reference")).toEqual(choices);

    const second = disposeLater(new Session(dataset));
    await second.choose({ ...DEFAULT_CHOICES, device: "reference" });
    await second.adopt(new Blob([await model.toSafetensors()]));
    expect(second.run.status.value).toBe("paused");
    expect(second.choices.value).toEqual(choices);
    await Promise.all([first.run.start(), second.run.start()]);
    expect(second.run.status.value).toBe("done");
    expect(second.run.snapshot.value).toEqual(first.run.snapshot.value);
  });

  test("has a file's name after its data set", () => {
    expect(fileName("Stroke digits", "json")).toBe("stroke-digits.json");
    expect(fileName("…", "onnx")).toBe("model.onnx");
  });
});
