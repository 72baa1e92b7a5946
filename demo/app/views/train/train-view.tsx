/** The view "Train": the run with its weights, the learning curves, the data, the mistakes, and the options. */
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
import { ScatterPanel } from "./scatter-panel.tsx";

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
      <RunPanel session={session} />
      <CurvesPanel session={session} />
      <ScatterPanel session={session} />
      <DataPanel session={session} />
      <ConfusionPanel evaluation={evaluation} />
      <QualitySlot session={session} />
      <WrongPanel evaluation={evaluation} />
      <OptionsPanel session={session} />
    </>
  );
}
