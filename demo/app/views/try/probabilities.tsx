/** The probability of each class as a bar, of many classes the likeliest. The evidence of the chosen class is shown. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Label } from "../../../../src/index.ts";
import { formatCount, formatShare } from "../../../ui/format.ts";
import { MOST_CLASSES, type Prediction } from "./drawing.ts";
import { likeliest } from "./evidence.ts";

/** Something to classify, its prediction, and the class whose evidence is shown. */
interface Classified {
  /** Null for the most probable class. */
  readonly chosen: Signal<Label | null>;
  readonly prediction: ReadonlySignal<Pick<Prediction, "probabilities" | "classes" | "shown"> | null>;
  readonly evidence: ReadonlySignal<{ readonly k: number } | null>;
}

interface ProbabilitiesProps {
  readonly drawing: Classified;
  readonly classes: readonly Label[];
}

export function Probabilities({ drawing, classes }: ProbabilitiesProps) {
  const prediction = drawing.prediction.value;
  const best = prediction ? likeliest(prediction.probabilities) : -1;
  const shown = shownOf(drawing, classes.length);
  return (
    <>
      <fieldset class="probabilities">
        <legend class="unseen">Class whose evidence is shown</legend>
        {shown.map((k) => {
          const label = classes[k];
          const p = prediction?.probabilities[k] ?? 0;
          return (
            <label key={String(label)} class={k === best ? "best" : undefined}>
              <input
                type="radio"
                name="evidence-class"
                class="unseen"
                checked={k === drawing.evidence.value?.k}
                disabled={!prediction}
                onChange={() => {
                  drawing.chosen.value = label;
                }}
              />
              <span class="name">{String(label)}</span>
              <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <rect width={100 * p} height={1} />
              </svg>
              {prediction ? <data value={p}>{formatShare(p)}</data> : <data value="">–</data>}
            </label>
          );
        })}
      </fieldset>
      {shown.length < classes.length && (
        <p class="hint">
          {prediction ? `The ${shown.length} likeliest` : `${shown.length}`} of {formatCount(classes.length)}{" "}
          classes.
        </p>
      )}
      <label class="follow">
        <input
          type="checkbox"
          checked={drawing.chosen.value === null}
          disabled={!prediction}
          onChange={({ currentTarget }) => {
            const k = drawing.evidence.value?.k;
            drawing.chosen.value = currentTarget.checked || k === undefined ? null : classes[k];
          }}
        />
        Always explain the most probable class
      </label>
    </>
  );
}

/** Returns the indices of the classes to show, ascending, with the class whose evidence is shown. */
function shownOf(drawing: Classified, classes: number): readonly number[] {
  const prediction = drawing.prediction.value;
  const k = drawing.evidence.value?.k;
  if (!prediction) return Array.from({ length: Math.min(classes, MOST_CLASSES) }, (_, i) => i);
  if (k === undefined || prediction.shown.includes(k)) return prediction.shown;
  return [...prediction.shown, k].sort((a, b) => a - b);
}

/** Returns the prediction as text for a screen reader. */
export function spokenAnswer(drawing: Classified): string {
  const prediction = drawing.prediction.value;
  if (!prediction) return "";
  const k = likeliest(prediction.probabilities);
  return `Most probably ${prediction.classes[k]}, ${formatShare(prediction.probabilities[k])}.`;
}
