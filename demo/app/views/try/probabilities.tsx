/** @jsxImportSource preact */
/** The probability of every class as a bar; a class that is chosen is the one whose evidence is shown. */
import type { Label } from "../../../../src/index.ts";
import { percent } from "../../components/percent.ts";
import type { Drawing } from "./drawing.ts";
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
  return (
    <>
      <fieldset class="probabilities">
        <legend class="unseen">Class whose evidence is shown</legend>
        {classes.map((label, k) => {
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

/** What a screen reader says of the answer. */
export function spokenAnswer(drawing: Drawing): string {
  const verdict = drawing.verdict.value;
  if (!verdict) return "";
  const k = likeliest(verdict.probabilities);
  return `Most probably ${verdict.classes[k]}, ${percent(verdict.probabilities[k])}.`;
}
