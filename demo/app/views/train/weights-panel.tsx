/** @jsxImportSource preact */
/** What was learnt: the weights of every class, as pictures where rows are pictures. */
import { Section } from "../../../../bench/page/components/section.tsx";
import type { Session } from "../../state/session.ts";
import { WeightImages } from "./weight-images.tsx";
import { WeightsTable } from "./weights-table.tsx";

/** Features up to which weights are readable as numbers. */
const READABLE = 16;

/** The weights, in the form that suits the data. */
export function WeightsPanel({ session }: { readonly session: Session }) {
  const { image, train } = session.dataset.value;
  const lead = image
    ? "Each class weighs every pixel: ink on blue speaks for the class, ink on orange against it."
    : `Rows here are ${train.x.cols} numbers and no pictures, so weights are shown as numbers.`;
  return (
    <Section title="Class weights" lead={lead}>
      {image && <WeightImages session={session} shape={image} />}
      {!image && train.x.cols <= READABLE && <WeightsTable session={session} />}
      {!image && train.x.cols > READABLE && (
        <p class="nothing-yet">{train.x.cols} weights for each class are too many to read as numbers.</p>
      )}
    </Section>
  );
}
