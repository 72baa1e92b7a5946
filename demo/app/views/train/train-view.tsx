/** The view "Train": data, run and options, the learning curves, the weights, and the mistakes. */
import { useEffect } from "preact/hooks";
import { NoRows } from "../../components/no-rows.tsx";
import type { Session } from "../../state/session.ts";
import { ConfusionPanel } from "./confusion-panel.tsx";
import { CurvesPanel } from "./curves-panel.tsx";
import { DataPanel } from "./data-panel.tsx";
import { OptionsPanel } from "./options-panel.tsx";
import { QualitySlot } from "./quality/quality-slot.tsx";
import { RunPanel } from "./run-panel.tsx";
import { WrongPanel } from "./sample-cards.tsx";
import { ScatterPanel } from "./scatter.tsx";
import { WeightsPanel } from "./weights-panel.tsx";

/** The whole view. The model is evaluated while the view is open. */
export function TrainView({ session }: { readonly session: Session }) {
  useEffect(() => session.evaluator.follow(), [session]);
  const evaluation = session.evaluator.latest.value;
  if (session.dataset.value.train.x.rows === 0) {
    return (
      <>
        <NoRows session={session} />
        <DataPanel session={session} />
      </>
    );
  }
  return (
    <>
      <DataPanel session={session} />
      <div class="train">
        <div>
          <RunPanel session={session} />
          <OptionsPanel session={session} />
        </div>
        <div>
          <CurvesPanel session={session} />
          <ScatterPanel session={session} />
          <WeightsPanel session={session} />
          <ConfusionPanel evaluation={evaluation} />
          <QualitySlot session={session} evaluation={evaluation} />
        </div>
      </div>
      <WrongPanel evaluation={evaluation} />
    </>
  );
}
