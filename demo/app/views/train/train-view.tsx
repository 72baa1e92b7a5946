/** @jsxImportSource preact */
/** The view "Train": the data; run and options on one side, what is learnt on the other, what is still wrong below. */
import type { Session } from "../../state/session.ts";
import { ConfusionPanel } from "./confusion-panel.tsx";
import { CurvesPanel } from "./curves-panel.tsx";
import { DataPanel } from "./data-panel.tsx";
import { OptionsPanel } from "./options-panel.tsx";
import { RunPanel } from "./run-panel.tsx";
import { useFindings } from "./use-findings.ts";
import { WeightsPanel } from "./weights-panel.tsx";
import { WrongPanel } from "./wrong-panel.tsx";

/** The whole view. */
export function TrainView({ session }: { readonly session: Session }) {
  const findings = useFindings(session);
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
          <WeightsPanel session={session} />
          <ConfusionPanel findings={findings} />
        </div>
      </div>
      <WrongPanel findings={findings} />
    </>
  );
}
