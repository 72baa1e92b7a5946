/** Whole fits beside peers: how their results are judged, and what becomes of contenders that fail. */
import { describe, expect, test } from "vitest";
import { type Contender, fitIn, OutOfPatience } from "../../bench/fits/contenders.ts";
import { judge } from "../../bench/fits/judge.ts";
import { toFloat32 } from "../../bench/fits/problem-folder.ts";
import { cloud } from "../../bench/labelled-rows.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { expectClose } from "../support/expect-close.ts";

/** A contender that runs this in Node. */
function contender(code: string): Contender {
  return { name: "made", command: process.execPath, args: ["-e", code], remedy: "none" };
}

test("parameters are judged as the model that has them evaluates itself", async () => {
  const shape = { rows: 1203, cols: 7, classes: 4, spread: 2, isUnit: false };
  const problem = toFloat32(cloud("made", shape));
  const model = new SoftmaxRegression({ device: "reference", l2: 0.01, maxIterations: 5 });
  try {
    await model.fit(problem.x, problem.y);
    const own = await model.evaluate(problem.x, problem.y);
    const weights = Float64Array.from(model.weights);
    const judged = judge(problem, { weights, bias: Float64Array.from(model.bias) }, 0.01);
    expectClose([judged.objective], [own.objective ?? Number.NaN], { absolute: 0, relative: 1e-6 }, "J");
    expect(judged.accuracy).toBe(own.accuracy);
  } finally {
    model.dispose();
  }
});

describe("a contender", () => {
  test("answers by its last line, and gets the folder", async () => {
    const echo = "console.log('loading'); console.log(JSON.stringify({ seconds: 1, of: process.argv[1] }))";
    const { args, ...rest } = contender(echo);
    expect(await fitIn("/a/folder", { ...rest, args: [...args, "{folder}"] }, 0)).toEqual({
      seconds: 1,
      of: "/a/folder",
    });
  });

  test("that fails is named by its own error", async () => {
    const failing = contender("throw new TypeError('no such package')");
    await expect(fitIn("/", failing, 0)).rejects.toThrow("TypeError: no such package");
  });

  test("that does not end is stopped", async () => {
    const endless = contender("setInterval(() => {}, 1000)");
    await expect(fitIn("/", endless, 0.2)).rejects.toThrow(OutOfPatience);
  });

  test("that is not installed is named", async () => {
    const missing = { ...contender(""), command: "no-such-command" };
    await expect(fitIn("/", missing, 0)).rejects.toThrow("no-such-command");
  });
});
