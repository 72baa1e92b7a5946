/** @jsxImportSource preact */
/** Loss and accuracy round by round: two charts, and the same as a table. */

import { useMemo } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import { Chart } from "../../components/chart.tsx";
import type { AxisRange, Line } from "../../components/draw-lines.ts";
import { percent } from "../../components/percent.ts";
import { useCalmly } from "../../components/use-calmly.ts";
import type { Round, Session } from "../../state/session.ts";
import { RoundsTable } from "./rounds-table.tsx";
import { lossText, unitOf } from "./run-words.ts";

const TRAINING: Line = { label: "training", colour: 0, dash: [] };
const VALIDATION: Line = { label: "validation", colour: 1, dash: [6, 4] };
const BOTH = [TRAINING, VALIDATION];

const fromZero: AxisRange = (_, most) => [0, 1.05 * most || 1];
const toOne: AxisRange = (least) => [Math.max(0, Math.floor(10 * least - 0.5) / 10), 1];

const wholePercent = (share: number) => `${Math.round(100 * share)}%`;

/** Figures come in at most so often, ms. */
const INTERVAL = 100;

/** The charts. */
export function CurvesPanel({ session }: { readonly session: Session }) {
  const rounds = useCalmly(() => session.rounds.value, INTERVAL);
  const { solver, rounds: planned } = session.choices.value;
  const isLbfgs = solver === "lbfgs";
  const { loss, accuracy } = useMemo(() => {
    const x = rounds.map(({ index }) => index);
    // How many iterations there will be is not known beforehand.
    const xEnd = Math.max(isLbfgs ? 10 : planned, x.at(-1) ?? 0);
    const line = (name: Exclude<keyof Round, "index">) => rounds.map((round) => round[name]);
    return {
      loss: { x, xEnd, y: [line("loss"), line("validationLoss")] },
      accuracy: { x, xEnd, y: [line("accuracy"), line("validationAccuracy")] },
    };
  }, [rounds, planned, isLbfgs]);
  return (
    <Section title="Learning">
      <div class="curves">
        <Chart
          caption="Loss"
          unit={unitOf(solver)}
          lines={BOTH}
          axisRange={fromZero}
          data={loss}
          inWords={lossText}
        />
        <Chart
          caption="Accuracy"
          unit={unitOf(solver)}
          lines={BOTH}
          axisRange={toOne}
          data={accuracy}
          inWords={percent}
          onAxis={wholePercent}
        />
      </div>
      <RoundsTable rounds={rounds} unit={unitOf(solver)} />
    </Section>
  );
}
