/** Models with options that a test file shares, disposed of after use. */
import { SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";

/** A test's work with a model. */
type Work<T> = (model: SoftmaxRegression) => Promise<T>;

/** Returns functions that create models with these options, which a test may override. */
export function modelsOn(shared: SoftmaxRegressionOptions) {
  return {
    /** Creates a model that is not fitted. */
    withModel: async <T>(options: SoftmaxRegressionOptions, work: Work<T>): Promise<T> =>
      freed(new SoftmaxRegression({ ...shared, ...options }), work),

    /** Loads a model from a file. */
    withLoaded: async <T>(
      source: Uint8Array | string,
      options: SoftmaxRegressionOptions,
      work: Work<T>,
    ): Promise<T> => freed(await SoftmaxRegression.load(source, { ...shared, ...options }), work),
  };
}

async function freed<T>(model: SoftmaxRegression, work: Work<T>): Promise<T> {
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}
