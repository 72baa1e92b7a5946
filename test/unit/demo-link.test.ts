/** Links of the demo: what they say of data and options, and what they ask for in vain. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import { isChoice } from "../../demo/app/state/choice-rules.ts";
import { type Choices, choicesFor } from "../../demo/app/state/choices.ts";
import { fragmentOf, readLink } from "../../demo/app/state/link.ts";
import { viewOf } from "../../demo/app/view-names.ts";

const dataset = clouds(2);
const penalty = fc.float({ min: 0, noNaN: true, noDefaultInfinity: true });
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const choices: fc.Arbitrary<Choices> = fc.record({
  device: fc.constantFrom("auto", "webgpu", "wasm", "reference"),
  solver: fc.constantFrom("lbfgs", "sgd", "adamw"),
  learningRate: fc.oneof(fc.constant("auto" as const), fc.double({ min: 1e-9, max: 1e3, noNaN: true })),
  batchSize: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  epochs: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  momentum: share,
  l2: penalty,
  l1: penalty,
  labelSmoothing: share,
  standardize: fc.boolean(),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

describe("a link", () => {
  test("gives the same data and options elsewhere", () => {
    fc.assert(
      fc.property(choices, fc.boolean(), (chosen, isStill) => {
        const link = readLink(fragmentOf("model", dataset, chosen, isStill));
        expect(link).toMatchObject({ view: "model", data: "clouds", problem: "", mayStart: !isStill });
        expect({ ...choicesFor(dataset, "auto"), ...link.choices }).toEqual(chosen);
      }),
    );
  });

  test("names only options that differ from those the data set begins with", () => {
    const usual = choicesFor(dataset, "auto");
    expect(fragmentOf("train", dataset, usual)).toBe("#train?data=clouds");
    expect(fragmentOf("train", dataset, { ...usual, l2: 0.01 })).toBe("#train?data=clouds&l2=0.01");
  });

  test("names nothing of own data", () => {
    const own = { ...dataset, isBuiltIn: false };
    expect(fragmentOf("try", own, { ...choicesFor(own, "auto"), l2: 0.5 })).toBe("#try");
  });

  test.each([
    ["solver=newton", "“solver=newton”"],
    ["l2=-1", "“l2=-1”"],
    ["epochs=1e400", "“epochs=1e400”"],
    ["seed=0.5", "“seed=0.5”"],
    ["data=__proto__", "“data=__proto__”"],
    ["__proto__=1", "“__proto__=1”"],
    ["constructor=x", "“constructor=x”"],
    ["standardize=1", "“standardize=1”"],
    ["start=maybe", "“start=maybe”"],
    ["a=1&b=2&c=3&d=4&e=5", "“a=1”, “b=2”, “c=3” and 2 more"],
    ["l2=%E0%A4%A", "“l2="],
  ])("that asks for %s says so, and takes the rest", (query, named) => {
    const link = readLink(`#train?${query}&momentum=0.5`);
    expect(link.problem).toContain(named);
    expect(link).toMatchObject({ data: null, choices: { momentum: 0.5 }, mayStart: true });
  });

  test("of any text gives a view and options that are in range", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const [name, value] of Object.entries(readLink(`#train?${text}`).choices)) {
          expect(isChoice(name as keyof Choices, value)).toBe(true);
        }
        expect(viewOf(`#try?${text}`)).toBe("try");
      }),
    );
  });
});
