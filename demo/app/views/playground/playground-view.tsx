/** The view "Playground": points in the plane, and how a softmax classifier splits them, live. */
import { useEffect } from "preact/hooks";
import { Section } from "../../../ui/section.tsx";
import type { Session } from "../../state/session.ts";
import { FeatureSwitches } from "./feature-switches.tsx";
import { PlaceWords, PlaneSheet } from "./plane-sheet.tsx";
import { Playground } from "./playground.ts";
import { PointsTable } from "./points-table.tsx";
import { Figures, LossCurve } from "./results.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { PresetPicker, ToolPicker } from "./tools.tsx";
import { WeightsTable } from "./weights-table.tsx";
import "../../styles/playground.css";

/** The whole view. It trains its own model; the model of the other views stays. */
export function PlaygroundView({ session }: { readonly session: Session }) {
  // Points and settings outlive the view.
  session.playground ??= new Playground();
  const { playground } = session;
  useEffect(() => {
    playground.open();
    return () => playground.close();
  }, [playground]);
  return (
    <div class="playground">
      <Section title="Points in the plane">
        <PresetPicker playground={playground} />
        <FeatureSwitches playground={playground} />
        <ToolPicker playground={playground} />
        <PlaneSheet playground={playground} />
        <PlaceWords playground={playground} />
      </Section>
      <Section title="Results">
        <Figures playground={playground} />
        <LossCurve playground={playground} />
        <SettingsPanel playground={playground} />
        <WeightsTable playground={playground} />
        <PointsTable playground={playground} />
      </Section>
    </div>
  );
}
