/** Code that repeats this run with the library. */
import { isSparse } from "../../../../src/data/sparse-matrix.ts";
import type { SoftmaxRegressionOptions } from "../../../../src/index.ts";
import { DEFAULTS } from "../../../../src/options.ts";
import type { DemoDataset, RowsCode, Samples } from "../../data/demo-dataset.ts";
import { brief, inCode } from "../../data/text.ts";

interface SnippetInput {
  readonly dataset: DemoDataset;
  readonly options: SoftmaxRegressionOptions;
}

export function snippetOf({ dataset, options }: SnippetInput): string {
  const { code } = dataset;
  return code ? wholeSnippet(code, options) : ownRowsSnippet(dataset, options);
}

function wholeSnippet({ imports, text }: RowsCode, options: SoftmaxRegressionOptions): string {
  const names = Object.entries({ ...imports, SoftmaxRegression: "softmax-webgpu" });
  return `${["softmax-webgpu", "softmax-webgpu/digits"]
    .map((entry) =>
      importOf(
        entry,
        names.flatMap(([name, from]) => (from === entry ? [name] : [])),
      ),
    )
    .join("")}
${text}

${modelCode(options)}
${fitCode(options)}
console.log(model.device.name, await model.evaluate(validation.x, validation.y));
model.dispose();
`;
}

function importOf(entry: string, names: readonly string[]): string {
  const sorted = names.toSorted((a, b) => a.localeCompare(b, "en"));
  return names.length > 0 ? `import { ${sorted.join(", ")} } from "${entry}";\n` : "";
}

function ownRowsSnippet(dataset: DemoDataset, options: SoftmaxRegressionOptions): string {
  const { rows } = dataset.train.x;
  const label = dataset.train.y[0];
  const example = inCode(typeof label === "string" ? brief(label) : label);
  const body = `${modelCode(options)}
${fitCode(options)}
const evaluation = await model.evaluate(validation.x, validation.y);
console.log(model.device.name, evaluation);
return model;`;
  return `import { SoftmaxRegression } from "softmax-webgpu";

/**
 * ${inCode(brief(dataset.name))}: \`train\` and \`validation\` are { x, y } each.
 * x is ${shapeInCode(dataset.train.x)} over typed arrays (here ${rows} rows to train on),
 * y an array with a label for each row, such as ${example}.
 * This page holds the same rows of a file back each time: ${dataset.validation.x.rows} of these.
 */
export async function learn(train, validation) {
${body.replace(/^(?=.)/gm, "  ")}
}
`;
}

/** Returns the form of rows as the library takes them, for example `{ data, rows, cols: 4 }`. */
function shapeInCode(x: Samples["x"]): string {
  if (isSparse(x)) return `{ indptr, indices, data, rows, cols: ${x.cols} }`;
  const scale = x.scale === 1 / 255 ? "1 / 255" : x.scale;
  return `{ data, rows, cols: ${x.cols}${scale === undefined ? "" : `, scale: ${scale}`} }`;
}

function modelCode(options: SoftmaxRegressionOptions): string {
  const entries = Object.entries(options).filter(
    ([name, value]) => value !== DEFAULTS[name as keyof typeof DEFAULTS] && typeof value !== "function",
  );
  if (entries.length === 0) return "const model = new SoftmaxRegression();";
  const lines = entries.map(([name, value]) => `  ${name}: ${inCode(value)},`);
  return `const model = new SoftmaxRegression({\n${lines.join("\n")}\n});`;
}

function fitCode({ solver }: SoftmaxRegressionOptions): string {
  const hook =
    solver === "sgd" || solver === "adamw"
      ? "onEpoch: ({ epoch, loss, validation }) => console.log(epoch, loss, validation.accuracy)"
      : "onIteration: ({ iteration, objective, validation }) => console.log(iteration, objective, validation.accuracy)";
  return `await model.fit(train.x, train.y, {
  validation: [validation.x, validation.y],
  ${hook},
});`;
}
