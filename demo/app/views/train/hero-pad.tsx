/** A small pad to draw on beside the weights, and what the model takes the drawing for. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Label } from "../../../../src/index.ts";
import { FocusableButton } from "../../../ui/buttons.tsx";
import { formatPercent } from "../../../ui/format.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";
import { termsOfRow } from "../../data/row-terms.ts";
import type { Session } from "../../state/session.ts";
import { DrawCanvas } from "../try/draw-canvas.tsx";
import type { Prediction } from "../try/drawing.ts";
import { drawingOf } from "../try/drawing-of.ts";
import { likeliest } from "../try/evidence.ts";
import { spokenAnswer } from "../try/probabilities.tsx";
import { UnlikeNotice } from "../try/unlike-notice.tsx";

interface HeroPadProps {
  readonly session: Session;
  readonly image: ImageShape;
}

export function HeroPad({ session, image }: HeroPadProps) {
  const drawing = drawingOf(session, image);
  const dataset = session.dataset.value;
  const source = drawing.source.value;
  const [spoken, setSpoken] = useState("");
  const isTraining = session.run.isTraining.value;
  useEffect(() => (isTraining ? undefined : session.likeness.follow()), [session, isTraining]);
  const x = drawing.picture.value?.x;
  const terms = useMemo(() => (x ? termsOfRow({ data: x, rows: 1, cols: x.length }, 0) : null), [x]);
  const speak = () => setSpoken(spokenAnswer(drawing));
  const classes = session.run.inUse.value?.snapshot.classes ?? session.classes.value;
  return (
    <>
      <div class="pad-and-bars">
        <DrawCanvas
          drawing={drawing}
          onEnd={speak}
          label="The drawing. The view “Try” draws with the keyboard."
        />
        <Bars prediction={drawing.prediction.value} classes={classes} />
      </div>
      <div class="buttons">
        <FocusableButton label="Clear" isDisabled={!drawing.picture.value} onPress={() => drawing.clear()} />
        <button
          type="button"
          onClick={() => {
            drawing.loadSample(dataset);
            speak();
          }}
        >
          {source.kind === "sample" ? "Next one" : "Show it an unseen one"}
        </button>
        <a class="link" href="#try">
          Why?
        </a>
      </div>
      <UnlikeNotice terms={terms} likeness={session.likeness.latest.value?.likeness ?? null} />
      <p class="unseen" role="status">
        {spoken}
      </p>
    </>
  );
}

/** Classes that have a bar at most. */
const MOST_BARS = 10;

interface BarsProps {
  readonly prediction: Prediction | null;
  readonly classes: readonly Label[];
}

/** A bar for each class; of many, for the likeliest. */
function Bars({ prediction, classes }: BarsProps) {
  const best = prediction ? likeliest(prediction.probabilities) : -1;
  return (
    <ul class="bars" aria-label="What the model takes it for">
      {barsOf(prediction, classes.length).map((k) => {
        const p = prediction?.probabilities[k] ?? 0;
        return (
          <li key={classes[k]} class={k === best ? "best" : undefined}>
            <span class="name">{classes[k]}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={100 * p} height={1} />
            </svg>
            <span class="share">{prediction ? formatPercent(p) : ""}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** Returns the indices of the classes with bars, ascending. */
function barsOf(prediction: Prediction | null, count: number): readonly number[] {
  const all = Array.from({ length: Math.min(count, prediction ? count : MOST_BARS) }, (_, k) => k);
  if (!prediction || count <= MOST_BARS) return all;
  const { probabilities, shown } = prediction;
  return [...shown]
    .sort((a, b) => probabilities[b] - probabilities[a])
    .slice(0, MOST_BARS)
    .sort((a, b) => a - b);
}
