/** The page of `npm run bench:sparse`: passes over sparse rows on WebAssembly, or a whole fit. */
import { WasmBackend } from "../../src/backends/wasm/index.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { messageOf } from "../measure/text.ts";
import { type TopicShape, topicRows } from "./topic-rows.ts";

/** Passes over rows of each shape, which take turns so often. Only their values of a row differ. */
export interface PassesJob {
  readonly what: "passes";
  readonly shapes: readonly TopicShape[];
  readonly rounds: number;
}

export interface FitJob {
  readonly what: "fit";
  readonly shape: TopicShape;
  readonly l2: number;
  readonly threads: number | "auto";
}

export interface SparseResult {
  /** Seconds of the shortest pass over rows of each shape; those of the fit. */
  readonly seconds: number[];
  /** What came of the fit, in words. */
  readonly end?: string;
}

export type SparseAnswer = { readonly result: SparseResult } | { readonly error: string };

declare global {
  interface Window {
    /** The command sets it. */
    reportSparse: (answer: SparseAnswer) => Promise<void>;
    /** Called by the command. Returns at once, because Puppeteer waits no longer than three minutes. */
    measureSparse: (job: PassesJob | FitJob) => void;
  }
}

window.measureSparse = (job) => {
  const work = job.what === "passes" ? passesOf(job) : fitOf(job);
  void work.then(
    (result) => window.reportSparse({ result }),
    (error) => window.reportSparse({ error: messageOf(error) }),
  );
};

/** Times loss and gradient over all rows, on one thread. Takes the shortest: disturbances only lengthen a pass. */
async function passesOf({ shapes, rounds }: PassesJob): Promise<SparseResult> {
  const [{ cols: features, topics: classes }] = shapes;
  const backend = await WasmBackend.open({ threads: 1 });
  const trainer = await backend.createTrainer({ features, classes, bias: true, sparse: true });
  const datasets = [];
  for (const shape of shapes) {
    const { x, y } = topicRows(shape);
    const targets = { kind: "labels", labels: Uint32Array.from(y) } as const;
    datasets.push(await backend.createDataset({ x, targets }));
  }
  const seconds = shapes.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [at, dataset] of datasets.entries()) {
      const began = performance.now();
      await trainer.lossAndGradient(dataset, 0);
      seconds[at] = Math.min(seconds[at], (performance.now() - began) / 1000);
    }
  }
  backend.dispose();
  return { seconds };
}

async function fitOf({ shape, l2, threads }: FitJob): Promise<SparseResult> {
  const { x, y } = topicRows(shape);
  const model = new SoftmaxRegression({ device: "wasm", l2, threads });
  const { seconds, iterations, stopReason } = await model.fit(x, y);
  const { passes, work, objective, accuracy } = iterations[iterations.length - 1];
  model.dispose();
  const end = `${passes} passes, work ${work.toFixed(0)}, J = ${objective.toFixed(7)}, accuracy ${accuracy.toFixed(4)}`;
  return { seconds: [seconds], end: `${end}, stopped by ${stopReason}` };
}
