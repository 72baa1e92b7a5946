/** The package `ml-logistic-regression` in `npm run bench:fits`: descent of the gradient, one class against the rest. */
import { createRequire } from "node:module";
import { answer, readJob, stopwatch } from "./job.mjs";

// No dependencies of this repository, so they are no imports.
const [PACKAGE, MATRIX] = ["ml-logistic-regression", "ml-matrix"];
const require = createRequire(import.meta.url);
const LogisticRegression = require(PACKAGE);
const { Matrix } = require(MATRIX);

const job = await readJob();
const { x, y, rows, features, classes } = job;
const watch = stopwatch();
const matrix = Matrix.from1DArray(rows, features, Array.from(x));
// The package's example; its defaults (50,000 steps of 5e-4) take a hundred times as long.
const model = new LogisticRegression({ numSteps: 1000, learningRate: 5e-3 });
model.train(matrix, Matrix.columnVector(Array.from(y)));
const took = watch.read();
// A classifier's score is that of the rest. There is no bias, and no penalty.
const weights = model.classifiers.flatMap((one) => one.weights.to1DArray().map((value) => -value));
await answer(job, { weights, bias: new Array(classes).fill(0) }, took, null);
