/** Models of the options that a file of tests has in common, freed when the work with them ends. */
import { SoftmaxRegression, type SoftmaxRegressionOptions } from "../../src/index.ts";

/** What tests do with a model. */
type Work<T> = (model: SoftmaxRegression) => Promise<T>;

/** Ways to come by a model with these options, unless a test gives others. */
export function modelsOn(shared: SoftmaxRegressionOptions) {
  return {
    /** A model that is not fitted yet. */
    withModel: async <T>(options: SoftmaxRegressionOptions, work: Work<T>): Promise<T> =>
      freed(new SoftmaxRegression({ ...shared, ...options }), work),

    /** A model from a file. */
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
