/**
 * The classifier of the package `natural` in `npm run bench:text`, in a process of its own: its training can only be
 * stopped from outside. Arguments: the file of texts, and how many of them to train on.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

// No dependency of this repository, so it is no import.
const NATURAL = "natural";
const natural = createRequire(import.meta.url)(NATURAL);
const { training, trainingLabels, heldOut, heldOutLabels } = JSON.parse(
  await readFile(process.argv[2], "utf8"),
);
const count = Number(process.argv[3]);
const began = performance.now();
const classifier = new natural.LogisticRegressionClassifier();
for (let i = 0; i < count; i++) {
  const at = Math.floor((i * training.length) / count);
  classifier.addDocument(training[at], String(trainingLabels[at]));
}
classifier.train();
const seconds = (performance.now() - began) / 1000;
const right = heldOut.filter((text, i) => classifier.classify(text) === String(heldOutLabels[i]));
process.stdout.write(`\n${JSON.stringify({ seconds, accuracy: right.length / heldOut.length })}\n`);
