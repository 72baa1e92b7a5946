/** The view "Mathematics": one sample from its pixels to the step it causes, in formulas and in this run's numbers. */
import { useMemo, useState } from "preact/hooks";
import { useThrottled } from "../../../ui/signal-hooks.ts";
import { NoRows } from "../../components/no-rows.tsx";
import type { Session } from "../../state/session.ts";
import { pointOf } from "./point.ts";
import { GradientCheckSection } from "./sections/gradient-check-section.tsx";
import { JacobianSection } from "./sections/jacobian-section.tsx";
import { LossSection } from "./sections/loss-section.tsx";
import { ObjectiveSection } from "./sections/objective-section.tsx";
import { OuterProductSection } from "./sections/outer-product-section.tsx";
import { SampleSection } from "./sections/sample-section.tsx";
import { ScoresSection } from "./sections/scores-section.tsx";
import { SoftmaxSection } from "./sections/softmax-section.tsx";
import { UpdateSection } from "./sections/update-section.tsx";
import { workedSample } from "./worked-sample.ts";
import "../../styles/mathematics.css";

/** Least time between two updates, ms, so that numbers can be read. */
const CALM = 150;

export function MathematicsView({ session }: { readonly session: Session }) {
  return session.dataset.value.validation.x.rows === 0 ? (
    <NoRows session={session} />
  ) : (
    <Steps session={session} />
  );
}

function Steps({ session }: { readonly session: Session }) {
  const state = useThrottled(
    () => ({
      dataset: session.dataset.value,
      choices: session.choices.value,
      snapshot: session.run.inUse.value?.snapshot ?? null,
      standardization: session.run.model?.standardization ?? null,
    }),
    CALM,
  );
  const [chosen, setChosen] = useState(0);
  const { dataset, choices, snapshot, standardization } = state;
  const row = Math.min(chosen, dataset.validation.x.rows - 1);
  const point = useMemo(
    () => pointOf(dataset, snapshot, standardization),
    [dataset, snapshot, standardization],
  );
  const worked = useMemo(() => workedSample(dataset, choices, point, row), [dataset, choices, point, row]);
  return (
    <>
      <SampleSection session={session} worked={worked} onChoose={setChosen} />
      <ScoresSection worked={worked} />
      <SoftmaxSection worked={worked} />
      <JacobianSection worked={worked} />
      <LossSection worked={worked} />
      <OuterProductSection worked={worked} />
      <UpdateSection worked={worked} />
      <ObjectiveSection worked={worked} />
      <GradientCheckSection session={session} worked={worked} />
    </>
  );
}
