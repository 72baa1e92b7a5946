/** Models with options that a test file shares, disposed of after use, and fits that are interrupted. */
import { expect } from "vitest";
import {
  type FitOptions,
  type LabelsLike,
  type RowsLike,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "../../src/index.ts";
import { disposeLater } from "./dispose-later.ts";

/** Returns functions that create models with these options, which a test may override. */
export function modelsOn(shared: SoftmaxRegressionOptions) {
  /** Creates a model that is not fitted; it lasts until the test ends. */
  const modelWith = (options: SoftmaxRegressionOptions = {}) =>
    disposeLater(new SoftmaxRegression({ ...shared, ...options }));

  /** Loads a model from a file; it lasts until the test ends. */
  const loadedWith = async (source: Uint8Array | string, options: SoftmaxRegressionOptions = {}) =>
    disposeLater(await SoftmaxRegression.load(source, { ...shared, ...options }));

  /** Runs `work` with a model that is disposed of as soon as it ends. */
  const withModel = async <T>(
    options: SoftmaxRegressionOptions,
    work: (model: SoftmaxRegression) => Promise<T>,
  ): Promise<T> => {
    const model = new SoftmaxRegression({ ...shared, ...options });
    try {
      return await work(model);
    } finally {
      model.dispose();
    }
  };

  return { modelWith, loadedWith, withModel };
}

/** Aborts a fit after epoch or iteration `last`. */
export async function fitUntil(
  last: number,
  model: SoftmaxRegression,
  x: RowsLike,
  y: LabelsLike,
  options: FitOptions = {},
): Promise<void> {
  const controller = new AbortController();
  const stop = ({ epoch = 0, iteration = 0 }) => {
    if (epoch === last || iteration === last) controller.abort();
  };
  const hooks = { signal: controller.signal, onEpoch: stop, onIteration: stop, ...options };
  await expect(model.fit(x, y, hooks)).rejects.toMatchObject({ name: "AbortError" });
}
