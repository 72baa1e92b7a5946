/** Loss and accuracy by epoch or iteration: two charts, and the same values as a table. */
import { useMemo, useState } from "preact/hooks";
import { formatLoss, formatShare } from "../../../ui/format.ts";
import { type AxisRange, LineChart } from "../../../ui/line-chart.tsx";
import type { Line } from "../../../ui/plot.ts";
import { ScrollBox, Section } from "../../../ui/section.tsx";
import { useThrottled } from "../../../ui/signal-hooks.ts";
import { unitOf } from "../../state/choices.ts";
import type { EpochMetrics } from "../../state/run-records.ts";
import type { Session } from "../../state/session.ts";

const TRAINING: Line = { label: "training", colour: 0, dash: [] };
const VALIDATION: Line = { label: "validation", colour: 1, dash: [6, 4] };
const BOTH = [TRAINING, VALIDATION];

const fromZero: AxisRange = (_, most) => [0, 1.05 * most || 1];
const toOne: AxisRange = (least) => [Math.max(0, Math.floor(10 * least - 0.5) / 10), 1];

const wholePercent = (share: number) => `${Math.round(100 * share)}%`;

/** Least time between two updates, ms. */
const INTERVAL = 100;

export function CurvesPanel({ session }: { readonly session: Session }) {
  const history = useThrottled(() => session.run.history.value, INTERVAL);
  const { solver, epochs: planned } = session.choices.value;
  const isLbfgs = solver === "lbfgs";
  const { loss, accuracy } = useMemo(() => {
    const x = history.map(({ index }) => index);
    // The number of iterations is not known beforehand.
    const xEnd = Math.max(isLbfgs ? 10 : planned, x.at(-1) ?? 0);
    const line = (name: Exclude<keyof EpochMetrics, "index">) => history.map((metrics) => metrics[name]);
    return {
      loss: { x, xEnd, y: [line("loss"), line("validationLoss")] },
      accuracy: { x, xEnd, y: [line("accuracy"), line("validationAccuracy")] },
    };
  }, [history, planned, isLbfgs]);
  return (
    <Section title="Learning">
      <div class="columns">
        <LineChart
          caption="Loss"
          unit={unitOf(solver)}
          lines={BOTH}
          axisRange={fromZero}
          data={loss}
          inWords={formatLoss}
        />
        <LineChart
          caption="Accuracy"
          unit={unitOf(solver)}
          lines={BOTH}
          axisRange={toOne}
          data={accuracy}
          inWords={formatShare}
          onAxis={wholePercent}
        />
      </div>
      <MetricsTable history={history} unit={unitOf(solver)} />
    </Section>
  );
}

/** Rows of the table at most, so that it never slows training down. */
const MOST = 100;

interface MetricsTableProps {
  readonly history: readonly EpochMetrics[];
  readonly unit: string;
}

/** The latest epochs, the last one first; rendered only while the table is open. */
function MetricsTable({ history, unit }: MetricsTableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The values as a table</summary>
      {open && (
        <ScrollBox label={`Loss and accuracy of each ${unit}`}>
          <table class="metrics-table">
            <caption class="unseen">
              Loss and accuracy by {unit}, the latest {MOST}, the last one first
            </caption>
            <thead>
              <tr>
                <th scope="col">{unit}</th>
                <th scope="col">training loss</th>
                <th scope="col">validation loss</th>
                <th scope="col">training accuracy</th>
                <th scope="col">validation accuracy</th>
              </tr>
            </thead>
            <tbody>
              {history
                .slice(-MOST)
                .reverse()
                .map(({ index, loss, validationLoss, accuracy, validationAccuracy }) => (
                  <tr key={index}>
                    <th scope="row">{index}</th>
                    <td>{formatLoss(loss)}</td>
                    <td>{formatLoss(validationLoss)}</td>
                    <td>{formatShare(accuracy)}</td>
                    <td>{formatShare(validationAccuracy)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </details>
  );
}
