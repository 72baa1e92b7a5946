/**
 * This library's process of `npm run bench:text`: vectorises and fits when it is asked to, on WebAssembly. Its argument
 * is the file of texts.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { SoftmaxRegression } from "../../src/index.ts";
import { type TextRows, TextVectorizer } from "../../src/text.ts";
import type { Fit, SplitTexts, Times, Trace, Vectorized } from "./protocol.ts";

/** Rows and labels to fit on and to test with. */
interface Rows {
  readonly x: TextRows;
  readonly y: readonly number[];
  readonly heldOut: { readonly x: TextRows; readonly y: readonly number[] };
}

interface FitRequest {
  readonly l2: number;
  readonly bias: boolean;
  readonly threads: number | "auto";
}

/** Answers until there are no more requests. */
export async function main(argv: readonly string[]): Promise<void> {
  const texts: SplitTexts = JSON.parse(await readFile(argv[2], "utf8"));
  let rows: Rows | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    process.stdout.write(`${JSON.stringify(await answer(request))}\n`);
  }

  async function answer(request: { readonly do: string } & FitRequest & { readonly count: number }) {
    if (request.do === "memory") return { megabytes: process.resourceUsage().maxRSS / 1024 };
    if (request.do === "vectorize") {
      rows = null;
      const times = stopwatch();
      const vectorizer = new TextVectorizer();
      const x = await vectorizer.fitTransform(texts.training);
      const took = times();
      const heldOut = { x: await vectorizer.transform(texts.heldOut), y: texts.heldOutLabels };
      rows = { x, y: texts.trainingLabels, heldOut };
      return { ...took, rows: x.rows, cols: x.cols, values: x.indices.length } satisfies Vectorized;
    }
    if (request.do === "few") return few(texts, request.count);
    if (!rows) throw new Error("vectorize first");
    return fitModel(rows, request);
  }
}

async function fitModel({ x, y, heldOut }: Rows, { l2, bias, threads }: FitRequest): Promise<Fit> {
  const model = new SoftmaxRegression({ device: "wasm", l2, bias, threads });
  const trace: Trace = [];
  const times = stopwatch();
  await model.fit(x, y, {
    onIteration: ({ objective }) => {
      trace.push([objective, times().seconds]);
    },
  });
  const took = times();
  const exact = await SoftmaxRegression.load(await model.toSafetensors(), { device: "reference" });
  const { objective } = await exact.evaluate(x, y);
  const { accuracy } = await exact.evaluate(heldOut.x, heldOut.y);
  model.dispose();
  exact.dispose();
  return { ...took, objective, accuracy, trace };
}

/** Vectorises and fits some of the texts only. */
async function few({ training, trainingLabels, heldOut, heldOutLabels }: SplitTexts, count: number) {
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * training.length) / count));
  const times = stopwatch();
  const vectorizer = new TextVectorizer();
  const x = await vectorizer.fitTransform(chosen.map((at) => training[at]));
  const model = new SoftmaxRegression({ device: "wasm" });
  await model.fit(
    x,
    chosen.map((at) => trainingLabels[at]),
  );
  const { seconds } = times();
  const { accuracy } = await model.evaluate(await vectorizer.transform(heldOut), heldOutLabels);
  model.dispose();
  return { seconds, accuracy };
}

/** Returns a function that tells the times since now. */
function stopwatch(): () => Times {
  const began = performance.now();
  const usage = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(usage);
    return { seconds: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
  };
}
