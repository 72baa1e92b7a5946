/**
 * This library's fit of `npm run bench:fits`: the built package on WebAssembly, with its default solver. With
 * `"optimum"` as second argument, to the end of the device's precision.
 */
import { answer, readJob, stopwatch, Targets } from "./job.mjs";

// The built package itself, which the linter would look for before it is built.
const PACKAGE = "softmax-webgpu";
const { SoftmaxRegression } = await import(PACKAGE);

const job = await readJob();
const { x: data, y, rows, features, l2 } = job;
const toTheEnd = process.argv[3] === "optimum" ? { tolerance: 0, maxIterations: 1000 } : {};
const targets = new Targets(job.targets);
const watch = stopwatch();
const model = new SoftmaxRegression({ device: "wasm", l2, ...toTheEnd });
await model.fit({ data, rows, cols: features }, y, {
  onIteration: ({ objective }) => void targets.note(objective, watch.read().seconds),
});
await answer(job, model, watch.read(), targets.reached);
model.dispose();
