/** @jsxImportSource preact */
/** The view "Playground": points in the plane, and how a softmax classifier splits them, live. */
import { useEffect } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import type { Session } from "../../state/session.ts";
import { ClassPicker } from "./class-picker.tsx";
import { Figures } from "./figures.tsx";
import { LossCurve } from "./loss-curve.tsx";
import { PlaceWords } from "./place-words.tsx";
import { PlaneSheet } from "./plane-sheet.tsx";
import { Playground } from "./playground.ts";
import { PointsTable } from "./points-table.tsx";
import { PresetPicker } from "./preset-picker.tsx";
import { SettingsPanel } from "./settings-panel.tsx";

/** The playground of each session: what was placed and set is still there when the view opens again. */
const playgrounds = new WeakMap<Session, Playground>();

/** The whole view. It trains a model of its own; that of the other views stays as it is. */
export function PlaygroundView({ session }: { readonly session: Session }) {
  const playground = playgroundOf(session);
  useEffect(() => {
    playground.open();
    return () => playground.close();
  }, [playground]);
  return (
    <div class="playground">
      <Section
        title="Points in the plane"
        lead="Each class has a region with straight edges. Colours fade where the next class is as probable."
      >
        <PresetPicker playground={playground} />
        <ClassPicker playground={playground} />
        <PlaneSheet playground={playground} />
        <PlaceWords playground={playground} />
      </Section>
      <Section title="What is learnt">
        <Figures playground={playground} />
        <SettingsPanel playground={playground} />
        <LossCurve playground={playground} />
        <PointsTable playground={playground} />
      </Section>
    </div>
  );
}

function playgroundOf(session: Session): Playground {
  const playground = playgrounds.get(session) ?? new Playground();
  playgrounds.set(session, playground);
  return playground;
}
