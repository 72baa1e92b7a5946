/** Loads the panels on the quality of a model once there is one: the first load of the page goes without them. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Evaluation } from "../../../state/evaluation.ts";
import type { Session } from "../../../state/session.ts";

interface Panels {
  readonly QualityPanel: ComponentType<SlotProps>;
  readonly PenaltySweepPanel: ComponentType<{ readonly session: Session }>;
}

interface SlotProps {
  readonly session: Session;
  readonly evaluation: Evaluation | null;
}

/** Both panels; nothing before the first evaluation. */
export function QualitySlot({ session, evaluation }: SlotProps) {
  const [panels, setPanels] = useState<Panels | "failed" | null>(null);
  const isWanted = evaluation !== null;
  useEffect(() => {
    if (!isWanted) return;
    Promise.all([import("./quality-panel.tsx"), import("./penalty-panel.tsx")]).then(
      ([{ QualityPanel }, { PenaltySweepPanel }]) => setPanels({ QualityPanel, PenaltySweepPanel }),
      () => setPanels("failed"),
    );
  }, [isWanted]);
  if (panels === null) return null;
  if (panels === "failed")
    return <p role="alert">Thresholds and the search for λ did not load. Reload the page to try again.</p>;
  const { QualityPanel, PenaltySweepPanel } = panels;
  return (
    <>
      <QualityPanel session={session} evaluation={evaluation} />
      <PenaltySweepPanel session={session} />
    </>
  );
}
