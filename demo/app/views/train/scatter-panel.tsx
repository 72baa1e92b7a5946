/** The panel with the validation rows of two features, whose picture is loaded with the first such data. */
import { MARKER_NAMES } from "../../../ui/markers.tsx";
import { Section } from "../../../ui/section.tsx";
import { LazyPart } from "../../components/lazy-part.tsx";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";
import type { Loadable } from "../../use-view.ts";

const SCATTER: Loadable = { load: async () => (await import("./scatter.tsx")).Scatter };

/** The panel; nothing if rows have other than two numbers, or more classes than there are markers. */
export function ScatterPanel({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const classes = session.classes.value;
  if (!isPlane(dataset) || classes.length > MARKER_NAMES.length) return null;
  return (
    <Section
      title="The rows and the model"
      lead="Validation rows by their two features, on the regions in which the model predicts each class."
    >
      <LazyPart key={dataset.name} part={SCATTER} session={session} name="The picture of the rows" />
    </Section>
  );
}

/** Returns whether rows are two numbers each. */
function isPlane({ train, image, encoder }: DemoDataset): boolean {
  if (image || train.x.cols !== 2) return false;
  return !encoder || (encoder.columns.length === 2 && encoder.columns.every(({ kind }) => kind === "number"));
}
