/** @jsxImportSource preact */
/** What the data set in use is: its name, a sentence, and its numbers. */
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import { count } from "../../../data/open-dataset.ts";
import { labelsOf } from "../labels-of.ts";

/** Classes whose names fit in a line. */
const MAX_NAMED = 10;

/** The facts; screen readers say the sentence when another data set comes. */
export function DataFacts({ dataset }: { readonly dataset: DemoDataset }) {
  const { name, description, train, validation, image } = dataset;
  const classes = labelsOf(dataset);
  const shape = image && [image.width, image.height, ...(image.channels > 1 ? [image.channels] : [])];
  const facts = [
    ["Rows to train on", count(train.x.rows), ""],
    ["Rows to check with", count(validation.x.rows), ""],
    [
      "Features",
      count(train.x.cols),
      shape ? shape.join(" × ") : (dataset.features ?? []).slice(0, 4).join(", "),
    ],
    ["Classes", count(classes.length), classes.length > MAX_NAMED ? "" : classes.join(", ")],
  ];
  return (
    <div>
      <h3>{name}</h3>
      <p role="status">{description}</p>
      <dl class="data-facts">
        {facts.map(([title, value, more]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
            {more && <dd class="hint">{more}</dd>}
          </div>
        ))}
      </dl>
    </div>
  );
}
