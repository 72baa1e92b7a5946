/** @jsxImportSource preact */
/** Weights as numbers, a row for each class: for data of a few features. */
import { ScrollBox } from "../../../../bench/page/components/scroll-box.tsx";
import { useCalmly } from "../../components/use-calmly.ts";
import type { Session } from "../../state/session.ts";

/** Figures change at most so often, ms. */
const INTERVAL = 250;
/** Classes that are shown at most. */
const MOST = 40;

/** W and b. */
export function WeightsTable({ session }: { readonly session: Session }) {
  const snapshot = useCalmly(() => session.snapshot.value, INTERVAL);
  const { features, train } = session.dataset.value;
  if (!snapshot) return null;
  const D = train.x.cols;
  const names = features ?? Array.from({ length: D }, (_, j) => `${j + 1}`);
  return (
    <>
      <ScrollBox label="Weights of each class">
        <table class="rounds-table">
          <caption class="unseen">Weights of each class, and its bias</caption>
          <thead>
            <tr>
              <th scope="col">class</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">bias</th>
            </tr>
          </thead>
          <tbody>
            {snapshot.classes.slice(0, MOST).map((label, k) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {names.map((name, j) => (
                  <td key={name}>{signed(snapshot.weights[k * D + j])}</td>
                ))}
                <td>{signed(snapshot.bias[k])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {snapshot.classes.length > MOST && (
        <p class="hint">
          The first {MOST} of {snapshot.classes.length} classes.
        </p>
      )}
    </>
  );
}

const SIGNED = new Intl.NumberFormat("en", {
  signDisplay: "exceptZero",
  minimumFractionDigits: 3,
  maximumFractionDigits: 3,
});

function signed(value: number): string {
  return SIGNED.format(value).replace("-", "−");
}
