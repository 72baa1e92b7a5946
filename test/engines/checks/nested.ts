/** A module worker that trains, with workers of its own. */
import { importLibrary } from "./library.ts";

addEventListener("message", async ({ data: base }: MessageEvent<string>) => {
  const { main, digits } = await importLibrary(base);
  const { x, y } = digits.strokeDigits({ rows: 1000, seed: 3 });
  const model = new main.SoftmaxRegression({ device: "auto", solver: "sgd", epochs: 3, threads: 2 });
  await model.fit(x, y);
  const { accuracy } = await model.evaluate(x, y);
  postMessage({ accuracy: accuracy > 0.5, kind: model.device?.kind });
  model.dispose();
});
