/** @jsxImportSource preact */
/** The probability of each class as a bar, of many classes the likeliest; the one chosen is explained by its evidence. */
import type { Label } from "../../../../src/index.ts";
import { percent } from "../../components/percent.ts";
import { count } from "../../data/open-dataset.ts";
import { type Drawing, MOST_CLASSES } from "./drawing.ts";
import { likeliest } from "./evidence.ts";

/** The bars, a group of radio buttons. */
export function Probabilities({
  drawing,
  classes,
}: {
  readonly drawing: Drawing;
  readonly classes: readonly Label[];
}) {
  const verdict = drawing.verdict.value;
  const best = verdict ? likeliest(verdict.probabilities) : -1;
  const shown = shownOf(drawing, classes.length);
  return (
    <>
      <fieldset class="probabilities">
        <legend class="unseen">Class whose evidence is shown</legend>
        {shown.map((k) => {
          const label = classes[k];
          const p = verdict?.probabilities[k] ?? 0;
          return (
            <label key={String(label)} class={k === best ? "best" : undefined}>
              <input
                type="radio"
                name="evidence-class"
                class="unseen"
                checked={k === drawing.evidence.value?.k}
                disabled={!verdict}
                onChange={() => {
                  drawing.chosen.value = label;
                }}
              />
              <span class="name">{String(label)}</span>
              <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <rect width={100 * p} height={1} />
              </svg>
              {verdict ? <data value={p}>{percent(p)}</data> : <data value="">–</data>}
            </label>
          );
        })}
      </fieldset>
      {shown.length < classes.length && (
        <p class="hint">
          {verdict ? `The ${shown.length} likeliest` : `${shown.length}`} of {count(classes.length)} classes.
        </p>
      )}
      <label class="follow">
        <input
          type="checkbox"
          checked={drawing.chosen.value === null}
          disabled={!verdict}
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

/** Positions of the classes to show, ascending; the one that is explained always among them. */
function shownOf(drawing: Drawing, classes: number): readonly number[] {
  const verdict = drawing.verdict.value;
  const k = drawing.evidence.value?.k;
  if (!verdict) return Array.from({ length: Math.min(classes, MOST_CLASSES) }, (_, i) => i);
  if (k === undefined || verdict.shown.includes(k)) return verdict.shown;
  return [...verdict.shown, k].sort((a, b) => a - b);
}

/** What a screen reader says of the answer. */
export function spokenAnswer(drawing: Drawing): string {
  const verdict = drawing.verdict.value;
  if (!verdict) return "";
  const k = likeliest(verdict.probabilities);
  return `Most probably ${verdict.classes[k]}, ${percent(verdict.probabilities[k])}.`;
}
