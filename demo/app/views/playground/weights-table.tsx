/** The parameters as numbers: the weight of each feature for each class, and the biases. */
import { formatSigned } from "../../../ui/format.ts";
import { Marker } from "../../../ui/markers.tsx";
import { ScrollBox } from "../../../ui/section.tsx";
import type { Trained } from "./course.ts";
import { featuresOf } from "./features.ts";
import { CLASSES } from "./plane.ts";
import type { Playground } from "./playground.ts";

/** The table, closed at first. */
export function WeightsTable({ playground }: { readonly playground: Playground }) {
  const trained = playground.training.trained.value;
  return (
    <details class="numbers weights">
      <summary>The weights as a table</summary>
      {trained ? <Table trained={trained} /> : <p class="hint">Nothing is learnt yet.</p>}
    </details>
  );
}

function Table({ trained: { parameters, extras, present } }: { readonly trained: Trained }) {
  const columns = featuresOf(extras);
  return (
    <>
      <p class="hint">
        The score of a class: its weights times the features, plus the bias b. The largest score wins.
      </p>
      <ScrollBox label="Weights" class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              {columns.map(({ id, label }) => (
                <th key={id} scope="col">
                  {label}
                </th>
              ))}
              <th scope="col">b</th>
            </tr>
          </thead>
          <tbody>
            {present.map((k, row) => (
              <tr key={k}>
                <th scope="row">
                  <Marker k={k} /> {CLASSES[k]}
                </th>
                {columns.map(({ id }, column) => (
                  <td key={id}>{formatSigned(parameters.weights[row * columns.length + column], 2)}</td>
                ))}
                <td>{formatSigned(parameters.bias[row], 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}
