/** Switches for the features beside x and y, and what they do to the edges. */
import { EXTRAS } from "./features.ts";
import type { Playground } from "./playground.ts";
import { featureSpace } from "./words.ts";

/** Accuracy below which the ring is not separated. */
const SEPARATED = 0.95;

export function FeatureSwitches({ playground }: { readonly playground: Playground }) {
  const { extras } = playground.settings.value;
  return (
    <>
      <fieldset class="switches">
        <legend class="unseen">Features beside x and y</legend>
        <span aria-hidden="true">Features x, y,</span>
        {EXTRAS.map(({ id, label, inWords }) => (
          <label key={id} title={inWords}>
            <input
              type="checkbox"
              class="unseen"
              aria-label={inWords}
              checked={extras.includes(id)}
              onChange={() => playground.toggle(id)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <EdgeWords playground={playground} />
    </>
  );
}

/** What edges the features allow; for a ring that is not separated, what to switch on. */
function EdgeWords({ playground }: { readonly playground: Playground }) {
  const { extras } = playground.settings.value;
  const trained = playground.training.trained.value;
  const isPoor = playground.isRing.value && trained !== null && trained.accuracy < SEPARATED;
  if (isPoor && extras.length === 0)
    return <EdgeLine isAdvice text="A straight edge cannot separate a ring. Switch x² and y² on." />;
  return (
    <EdgeLine
      text={
        extras.length === 0
          ? "Edges between regions are straight. Colours fade where two classes are as probable."
          : `Edges are straight among ${featureSpace(extras)}, and so curved in the plane.`
      }
    />
  );
}

function EdgeLine({ text, isAdvice = false }: { readonly text: string; readonly isAdvice?: boolean }) {
  return (
    <p class={isAdvice ? "edge-words advice" : "edge-words hint"} role="status">
      {text}
    </p>
  );
}
