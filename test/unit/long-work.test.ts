/** Work that goes over all rows pauses in between, and notices an abort before its end. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { assertFinite } from "../../src/checks.ts";
import { toMatrix } from "../../src/data/given-matrix.ts";
import { type LabelsLike, learnClasses, openLabels } from "../../src/data/labels.ts";
import type { MatrixLike } from "../../src/data/matrix.ts";
import { maxSquaredNorm, scanRows } from "../../src/data/row-reader.ts";
import { encodeTargets, toDistributions } from "../../src/data/targets.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { reportOf } from "../../src/metrics/report.ts";

const ROWS = 300_000;

/** Many labels, the last of which is invalid. */
const LABELS = Array.from({ length: ROWS }, (_, i) => (i === ROWS - 1 ? -1 : i % 3));
/** Many rows, the last of which holds no numbers. */
const NESTED = Array.from({ length: ROWS }, (_, i) => (i === ROWS - 1 ? ["bad"] : [1, 2]));
const SOFT = { data: new Float32Array(2 * ROWS).fill(0.5), rows: ROWS, cols: 2 };
/** Soft labels whose rows must be divided by their sum. */
const ROUNDED = { data: new Float32Array(2 * ROWS).fill(0.5001), rows: ROWS, cols: 2 };
const NUMBERS = { data: new Float32Array(ROWS * 16), rows: ROWS, cols: 16 };

// A clock that advances by 100 ms at every reading, so that every pause is due. A pause reads it at its begin and end.
let readings = 2 ** 20;
let alarm: { readonly at: number; readonly ring: () => void } | null = null;
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => {
    readings++;
    if (readings === alarm?.at) alarm.ring();
    return 100 * readings;
  });
});
afterEach(() => {
  alarm = null;
  vi.restoreAllMocks();
});

/** Calls `ring` in a pause after a number of pauses. */
function afterPauses(pauses: number, ring: () => void): void {
  alarm = { at: readings + 2 * pauses + 1, ring };
}

const outcomes = {
  predicted: new Uint32Array(ROWS),
  confidence: new Float32Array(ROWS),
  rank: new Uint32Array(ROWS),
};
const labels = (signal: AbortSignal) => ({ argument: "y", signal });
const open = (y: LabelsLike) => openLabels(y, "y");

test.each<[string, (signal: AbortSignal) => Promise<unknown>, number?]>([
  ["rows are copied", (signal) => toMatrix(NESTED as unknown as MatrixLike, "x", signal)],
  ["typed rows are copied", (signal) => toMatrix(new Array(ROWS).fill(Float32Array.of(1)), "x", signal)],
  [
    "halves are read",
    (signal) =>
      toMatrix({ data: new Uint16Array(ROWS), dims: [ROWS, 1], type: "float16" } as MatrixLike, "x", signal),
  ],
  ["classes are learnt", (signal) => learnClasses(open(LABELS), labels(signal))],
  ["labels are encoded", (signal) => encodeTargets(open(LABELS), [0, 1, 2], labels(signal))],
  ["soft labels are checked", (signal) => toDistributions(SOFT, "y", signal)],
  ["soft labels are divided by their sums", (signal) => toDistributions(ROUNDED, "y", signal), 4],
  ["values are looked at", (signal) => scanRows(NUMBERS, "x", signal)],
  ["the longest row is found", (signal) => maxSquaredNorm(NUMBERS, undefined, undefined, signal)],
  ["results are looked at", (signal) => assertFinite(new Float32Array(2 ** 22), 1, { signal })],
  [
    "a report is made",
    (signal) =>
      reportOf(
        {
          targets: { kind: "labels", labels: new Uint32Array(ROWS) },
          outcomes,
          loss: 0,
          classes: ["a", "b"],
        },
        signal,
      ),
  ],
])("an abort is heard while %s", async (_what, work, pauses = 1) => {
  const reason = new Error("enough");
  const controller = new AbortController();
  afterPauses(pauses, () => controller.abort(reason));
  await expect(work(controller.signal)).rejects.toBe(reason);
});

test("an abort of a fit is heard while its rows are copied, and no device is opened", async () => {
  const model = new SoftmaxRegression({ device: "reference" });
  const controller = new AbortController();
  afterPauses(2, () => controller.abort());
  const fit = model.fit(NESTED as unknown as MatrixLike, LABELS, { signal: controller.signal });
  await expect(fit).rejects.toMatchObject({ name: "AbortError" });
  expect(model.device).toBeNull();
  model.dispose();
});

test("a model that is disposed of stops copying rows to be predicted", async () => {
  const model = new SoftmaxRegression({ device: "reference", maxIterations: 1 });
  await model.fit(
    [
      [1, 2],
      [3, 5],
    ],
    [0, 1],
  );
  afterPauses(2, () => model.dispose());
  await expect(model.predict(NESTED as unknown as MatrixLike)).rejects.toMatchObject({ name: "StateError" });
});
