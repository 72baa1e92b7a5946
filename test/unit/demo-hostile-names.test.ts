/** Names in files that are made to be more than names: in code, in addresses, as keys, and in sentences. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { brief, inCode } from "../../demo/app/data/text.ts";
import { DEFAULT_CHOICES, optionsOf } from "../../demo/app/state/choices.ts";
import { evaluationOf, predictionOf } from "../../demo/app/state/evaluation.ts";
import { Session } from "../../demo/app/state/session.ts";
import { fileName } from "../../demo/app/views/model/files-section.tsx";
import { snippetOf } from "../../demo/app/views/model/snippet.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { file, open } from "../support/demo-files.ts";
import { execute } from "../support/demo-snippet.ts";
import { disposeLater } from "../support/dispose-later.ts";

/** Each would run `attack()` if it came into code, or break it. */
const HOSTILE = [
  "*/ attack() /*",
  "*/\n});\nattack();\n({",
  "**/attack()//",
  `\`\${attack()}\``,
  `\${attack()}`,
  "</script><script>attack()</script>",
  "<!-- attack()",
  "a\u2028attack()",
  "a\u2029attack()",
  "a\nattack()",
  "a\r\nattack()",
  '"+attack()+"',
  "'+attack()+'",
  '\\"+attack()+"',
  "\\",
  "\u202eattack()\u2066",
  "\ud800",
  "\0",
  "",
];
const KEYS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

const attack = vi.fn();
beforeEach(() => {
  attack.mockClear();
  vi.stubGlobal("attack", attack);
});
afterEach(() => {
  expect(attack).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});

describe("text in code", () => {
  test.each([...HOSTILE, ...KEYS])(
    "%j stays text, on one line, in a script element and in a comment",
    (text) => {
      const code = inCode(text);
      expect(new Function(`return ${code}`)()).toBe(text);
      expect(new Function(`/* ${code} */ return ${code}; // ${code}`)()).toBe(text);
      expect(code).not.toMatch(/[<\n\r\u2028\u2029\u202a-\u202e\u2066-\u2069]|\*\//);
    },
  );

  test("values keep their meaning; a name that JavaScript knows is a name like any other", () => {
    const value = {
      ...{ list: [1, -2.5, true, null], "*/": "</script>", "two words": Infinity },
      weights: new Map([...KEYS, ...HOSTILE].map((key) => [key, 0.5])),
      ...Object.fromEntries(KEYS.map((key) => [key, 2])),
    };
    const again: unknown = new Function(`return ${inCode(value)}`)();
    expect(again).toEqual(value);
    expect(Object.keys(again as object)).toEqual(Object.keys(value));
    expect(Object.getPrototypeOf(again)).toBe(Object.prototype);
  });
});

describe("the code of a run", () => {
  const options = optionsOf({ ...DEFAULT_CHOICES, device: "reference", epochs: 1 });

  test.each(HOSTILE)("on a file and classes named %j", async (name) => {
    const dataset = renamed(clouds(2), name);
    const withWeights = { ...options, classWeight: { [name]: 2 }, ignoreLabel: `${name} ignored` };
    const code = snippetOf({ dataset, options: withWeights });
    expect(code).not.toMatch(/<|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    const learn = (await execute(code, { SoftmaxRegression, console: { log: () => {} } })) as Learn;
    const model = disposeLater(await learn(dataset.train, dataset.validation));
    expect(new Set(model.classes)).toEqual(new Set(dataset.train.y));
    const expected = disposeLater(new SoftmaxRegression(withWeights));
    await expected.fit(dataset.train.x, dataset.train.y as string[]);
    expect(model.weights).toEqual(expected.weights);
  });

  test.each(['"+attack()+"', "https:evil.example", "?a#b%41", "\\..\\x", "\n`<!--"])(
    "asks for an IDX file named %j by that name, and for nothing else",
    async (name) => {
      const names = [`${name}-images`, `${name}-labels`, `t10k${name}-images`, `t10k${name}-labels`];
      const files = names.map((own) => file(own, idx(own)));
      const dataset = await open(files);
      const asked: URL[] = [];
      const fetch = async (address: string) => {
        asked.push(new URL(address, "https://served.example/data/"));
        return new Response(idx(decodeURIComponent(address)));
      };
      const { readIdxPair } = await import("../../src/index.ts");
      const known = { SoftmaxRegression, readIdxPair, fetch, console: { log: () => {} } };
      await execute(snippetOf({ dataset, options }), known);
      expect(asked.map(({ origin, search, hash }) => origin + search + hash)).toEqual(
        names.map(() => "https://served.example"),
      );
      expect(asked.map(({ pathname }) => decodeURIComponent(pathname))).toEqual(
        names.map((own) => `/data/${own}`),
      );
    },
  );
});

describe("names that objects have of their own", () => {
  test("as columns and as classes: opened, trained on and judged like others", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 5, i % 7, (i % 2) * 9, KEYS[i % 2]].join());
    const text = ["__proto__,constructor,toString,species", ...rows].join("\n");
    const dataset = await open([file("keys.csv", text)]);
    expect(dataset.features).toEqual(["__proto__", "constructor", "toString"]);
    expect(new Set(dataset.train.y)).toEqual(new Set(["__proto__", "constructor"]));
    const session = disposeLater(new Session(dataset));
    await session.choose({ ...DEFAULT_CHOICES, device: "reference", solver: "lbfgs", epochs: 50 });
    await session.run.start();
    expect(session.run.history.value.at(-1)?.validationAccuracy).toBe(1);
    const { model } = session.run;
    const { x, y } = dataset.validation;
    if (!model) throw new Error("a run gives a model");
    const report = await model.report(x, y as string[]);
    const probabilities = await model.predictProba(x);
    const answers = { dataset, samples: dataset.validation, report, probabilities };
    const evaluation = await evaluationOf(answers, new AbortController().signal);
    expect(predictionOf(evaluation, 0)).toMatchObject({ label: y[0], predicted: y[0] });
  });
});

test("a file that is called like a data set of the page is not taken for it", async () => {
  const rows = Array.from({ length: 10 }, (_, i) => `${i},${i % 2}`);
  const dataset = await open([file("Stroke digits", ["x,species", ...rows].join("\n"), "text/csv")]);
  expect([dataset.name, dataset.isBuiltIn ?? false]).toEqual(["Stroke digits", false]);
  expect([clouds().name, clouds().isBuiltIn]).toEqual(["Point clouds", true]);
});

test.each(HOSTILE)("a download of data named %j has a plain file name", (name) => {
  expect(fileName(name, "json")).toMatch(/^[a-z0-9][a-z0-9-]*\.json$/);
});

test("sentences repeat the beginning of a long name, on one line", () => {
  expect(brief("a\u2028b\r\nc\u202ed")).toBe("a b c d");
  expect(brief(`${"x".repeat(59)}\u{1f600}y`)).toBe(`${"x".repeat(59)}…`);
  expect(brief("y".repeat(60))).toBe("y".repeat(60));
});

type Learn = (train: unknown, validation: unknown) => Promise<SoftmaxRegression>;

/** The same rows; the file and a class have this name. */
function renamed({ train, validation, ...rest }: DemoDataset, name: string): DemoDataset {
  const labels = (y: readonly unknown[]) => y.map((label) => (label === "A" ? name : `${name} other`));
  return {
    ...rest,
    ...{ name, code: null },
    train: { x: train.x, y: labels(train.y) },
    validation: { x: validation.x, y: labels(validation.y) },
  };
}

/** Two images of a pixel each, or their labels. */
function idx(name: string): Uint8Array<ArrayBuffer> {
  const words = name.includes("images") ? [0x803, 2, 1, 1] : [0x801, 2];
  const bytes = new Uint8Array(4 * words.length + 2);
  for (const [i, word] of words.entries()) new DataView(bytes.buffer).setUint32(4 * i, word);
  bytes[bytes.length - 1] = 1;
  return bytes;
}
