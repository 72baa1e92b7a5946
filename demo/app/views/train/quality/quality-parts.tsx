/** The panels on the quality of a model: thresholds and calibration, and the search for the best λ. */
import type { Session } from "../../../state/session.ts";
import { PenaltySweepPanel } from "./penalty-panel.tsx";
import { QualityPanel } from "./quality-panel.tsx";
import "../../../styles/quality.css";

export function QualityParts({ session }: { readonly session: Session }) {
  return (
    <>
      <QualityPanel session={session} evaluation={session.evaluator.latest.value} />
      <PenaltySweepPanel session={session} />
    </>
  );
}
