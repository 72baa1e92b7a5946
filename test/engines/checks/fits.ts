/** Checks of what a model learns on a device: by every solver as on the float64 reference. */
import type { SoftmaxRegression, SoftmaxRegressionOptions } from "../../../src/index.ts";
import { DIGITS } from "../../support/digit-rows.ts";
import { mails } from "../../support/mails.ts";
import { NOISY } from "../../support/noisy-rows.ts";
import { assert, assertClose, assertSame, type Checks, type Given, rejection } from "./given.ts";

const { x, y, held } = DIGITS;
/** Probabilities at two optima that were found in float32 and float64. */
const SAME_OPTIMUM = { absolute: 2e-4, relative: 0 };
/** Weights after the same few steps in float32 and float64. */
const SAME_PATH = { absolute: 2e-5, relative: 1e-4 };

/** Runs work with a model on the device, or on another, and disposes of the model. */
export async function withModel<T>(
  { library, device }: Pick<Given, "library"> & { readonly device: Given["device"] | "reference" },
  options: SoftmaxRegressionOptions,
  work: (model: SoftmaxRegression) => Promise<T>,
): Promise<T> {
  const model = new library.main.SoftmaxRegression({ device, tuning: "off", ...options });
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}

/** Fits by the same options on the device and on the reference, and returns what `read` gives of both models. */
function onBoth<T>(
  given: Given,
  options: SoftmaxRegressionOptions,
  read: (model: SoftmaxRegression) => Promise<T>,
): Promise<[T, T]> {
  const on = (device: Given["device"] | "reference") =>
    withModel({ ...given, device }, options, async (model) => {
      await model.fit(NOISY.x, NOISY.y);
      return read(model);
    });
  return Promise.all([on(given.device), on("reference")]);
}

/** Fits until iteration or epoch `last`, and aborts there. */
async function fitUntil(last: number, model: SoftmaxRegression): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("enough");
  const stop = ({ epoch = 0, iteration = 0 }) => {
    if (epoch === last || iteration === last) controller.abort(reason);
  };
  const hooks = { signal: controller.signal, onEpoch: stop, onIteration: stop };
  assert((await rejection(model.fit(NOISY.x, NOISY.y, hooks))) === reason, "not the signal's reason");
}

const OPTIMA: Readonly<Record<string, SoftmaxRegressionOptions>> = {
  "L-BFGS": { l2: 1e-3 },
  "L-BFGS with L1": { l1: 1e-2 },
  "L-BFGS, standardised and balanced": { l2: 1e-3, standardize: true, classWeight: "balanced" },
};

const PATHS: Readonly<Record<string, SoftmaxRegressionOptions>> = {
  SGD: { solver: "sgd", epochs: 4, batchSize: 16, learningRate: 0.1 },
  AdamW: { solver: "adamw", epochs: 4, batchSize: 16, learningRate: 0.01, averaging: 0.5 },
};

const optimumChecks: Checks = Object.fromEntries(
  Object.entries(OPTIMA).map(([name, options]) => [
    `${name}: the optimum of the reference`,
    async (given) => {
      const [ours, exact] = await onBoth(given, options, (model) => model.predictProba(NOISY.held.x));
      assertClose(ours.data, exact.data, SAME_OPTIMUM, "probabilities");
    },
  ]),
);

const pathChecks: Checks = Object.fromEntries(
  Object.entries(PATHS).map(([name, options]) => [
    `${name}: the path of the reference`,
    async (given) => {
      const [ours, exact] = await onBoth(given, options, async ({ weights }) => weights);
      assert(
        exact.some((weight) => Math.abs(weight) > 0.1),
        "nothing was learnt",
      );
      assertClose(ours, exact, SAME_PATH, "weights");
    },
  ]),
);

export const FIT_CHECKS: Checks = {
  ...optimumChecks,
  ...pathChecks,

  "pixels in bytes and in halves": async (given) => {
    const steps = { solver: "sgd", epochs: 8, batchSize: 40 } as const;
    for (const storage of ["u8", "f16"] as const)
      await withModel(given, { ...steps, storage }, async (model) => {
        await model.fit(x, y);
        const { accuracy } = await model.evaluate(held.x, held.y);
        assert(accuracy > 0.6, `${storage}: accuracy ${accuracy}`);
      });
  },

  "sparse rows: the optimum of the same dense rows": async (given) => {
    const { sparseRows } = given.library.main;
    const { data, cols } = NOISY.x;
    const rows = NOISY.y.map((_, i) =>
      Object.fromEntries(Array.from(data.subarray(i * cols, (i + 1) * cols), (value, j) => [2 * j, value])),
    );
    const sparse = sparseRows(rows, 2 * cols);
    const dense = rows.map((row) => Array.from({ length: 2 * cols }, (_, j) => row[j] ?? 0));
    await withModel(given, { l2: 1e-3 }, async (model) => {
      await model.fit(sparse, NOISY.y);
      const ours = await model.predictProba(sparse);
      assertClose((await model.predictProba(dense)).data, ours.data, SAME_OPTIMUM, "of the same model");
      await model.fit(dense, NOISY.y);
      assertClose(ours.data, (await model.predictProba(dense)).data, SAME_OPTIMUM, "of dense rows");
    });
  },

  "an abort rejects with its reason; the fit goes on from a file with the same bits": async (given) => {
    const { x, y } = NOISY;
    for (const options of [{ l2: 0.01 }, { solver: "sgd", epochs: 5, batchSize: 32 }] as const) {
      const whole = await withModel(given, options, async (model) => {
        await model.fit(x, y);
        return model.weights;
      });
      const file = await withModel(given, options, async (model) => {
        await fitUntil(2, model);
        assert(model.isResumable, "cannot be resumed");
        return model.toSafetensors();
      });
      const model = await given.library.main.SoftmaxRegression.load(file, { device: given.device });
      await model.fit(x, y, { resume: true });
      assertSame(model.weights, whole, "weights");
      model.dispose();
    }
  },

  "files keep a model: safetensors and JSON predict the same bits": async (given) => {
    const { x, y, held } = NOISY;
    await withModel(given, { l2: 0.01, standardize: true }, async (model) => {
      await model.fit(x, y);
      const expected = await model.predictProba(held.x);
      for (const file of [await model.toSafetensors(), await model.toJsonText()]) {
        const loaded = await given.library.main.SoftmaxRegression.load(file, { device: given.device });
        assertSame((await loaded.predictProba(held.x)).data, expected.data, "probabilities");
        loaded.dispose();
      }
      assert((await model.toOnnx()).length > 4 * model.weights.length, "a short ONNX file");
    });
  },

  "batches that come in over time, and a new class": async (given) => {
    await withModel(given, { learningRate: 0.1, batchSize: 32 }, async (model) => {
      for (let from = 0; from < 240; from += 40) {
        const data = x.data.subarray(from * x.cols, (from + 40) * x.cols);
        await model.partialFit({ ...x, data, rows: 40 }, y.slice(from, from + 40), { classes: [0, 1, 2, 3] });
      }
      assert((await model.evaluate(x, y)).accuracy > 0.4, "nothing was learnt");
      await model.addClass(9);
      assertSame(model.classes, [0, 1, 2, 3, 9], "classes");
    });
  },

  "cross-validation and calibration: λ, temperature and report of the reference": async (given) => {
    const { x, y, held } = NOISY;
    const [ours, exact] = await onBoth(given, {}, async (model) => {
      const { l2 } = await model.crossValidate(x, y, { l2s: [1, 0.01], folds: 3 });
      const { temperature } = await model.calibrate(held.x, held.y);
      const { confusion } = await model.report(held.x, held.y);
      return { l2, temperature, counts: confusion.counts };
    });
    assertSame([ours.l2, ours.counts], [exact.l2, exact.counts], "λ and confusion matrix");
    assertClose([ours.temperature], [exact.temperature], { absolute: 0, relative: 1e-3 }, "temperature");
  },

  "texts that come one after another": async ({ library, device }) => {
    const { texts, y: kinds } = mails(200, 1);
    async function* stream() {
      yield* texts;
    }
    const classifier = new library.text.TextClassifier({ model: { device, l2: 1e-3 } });
    await classifier.fit(stream(), kinds);
    assertSame(
      await classifier.predict(["win a cheap prize", "thanks for the lunch"]),
      ["offer", "note"],
      "kinds",
    );
    const loaded = await library.text.TextClassifier.load(await classifier.toSafetensors(), {
      model: { device },
    });
    assertSame(await loaded.predict(texts), await classifier.predict(texts), "of the file");
    loaded.dispose();
    classifier.dispose();
  },
};
