/** Loss, accuracy, iterations and time of the latest training, and the course of its loss. */
import { formatBrief, formatShare, NOTHING } from "../../../ui/format.ts";
import { Facts } from "../../../ui/section.tsx";
import { PaceButtons } from "./pace-buttons.tsx";
import type { Playground } from "./playground.ts";

export function Figures({ playground }: { readonly playground: Playground }) {
  const { trained, problem } = playground.training;
  const isSgd = playground.settings.value.solver === "sgd";
  const result = trained.value;
  return (
    <div class="figures">
      {problem.value && (
        <p class="notice" role="alert">
          {problem.value}
        </p>
      )}
      {result === null && problem.value === null && (
        <p class="notice">Place points of two classes or more to train on them.</p>
      )}
      <Facts
        class="facts row large"
        facts={[
          ["Loss", result ? formatBrief(result.losses.at(-1) ?? Number.NaN) : NOTHING],
          ["Accuracy", result ? formatShare(result.accuracy) : NOTHING],
          [isSgd ? "Epochs" : "Iterations", result ? String(result.losses.length - 1) : NOTHING],
          ["Time", result ? `${formatBrief(result.milliseconds)} ms` : NOTHING],
        ]}
      />
    </div>
  );
}

/** Height of the curve's view box; it is 100 wide. */
const HEIGHT = 24;

/** Least number of iterations that the curve of L-BFGS, whose end is not known, has room for while it grows. */
const ROOM = 20;

/** The curve of the loss. It grows while a training is watched. */
export function LossCurve({ playground }: { readonly playground: Playground }) {
  const { trained, pace } = playground.training;
  const { solver, epochs } = playground.settings.value;
  const losses = trained.value?.losses ?? [];
  const [first, last] = [formatBrief(losses[0] ?? 0), formatBrief(losses.at(-1) ?? 0)];
  const planned = solver === "sgd" ? epochs : ROOM;
  const room = Math.max(1, losses.length - 1, pace.value === "full" ? 0 : planned);
  return (
    <div class="course">
      <svg
        viewBox={`0 -1 100 ${HEIGHT + 2}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={trained.value ? `The loss went from ${first} to ${last}.` : "No loss yet."}
      >
        <polyline points={pointsOf(losses, room)} />
      </svg>
      <p class="hint">
        The loss by epoch or iteration: mean cross-entropy of the points, without the penalty.
      </p>
      <PaceButtons playground={playground} />
    </div>
  );
}

/** Returns the points of the curve, with `room` at its right end, the largest loss at the top and 0 at the bottom. */
function pointsOf(losses: readonly number[], room: number): string {
  const most = Math.max(...losses);
  return losses
    .map((loss, i) => `${((100 * i) / room).toFixed(2)},${(HEIGHT * (1 - loss / most)).toFixed(2)}`)
    .join(" ");
}
