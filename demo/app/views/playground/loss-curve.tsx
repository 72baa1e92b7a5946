/** @jsxImportSource preact */
/** The course of the loss from zero parameters on, and a button to see it happen. */
import { CalmButton } from "../../components/calm-button.tsx";
import type { Playground } from "./playground.ts";
import { brief } from "./words.ts";

/** Height of the curve's view box; it is 100 wide. */
const HEIGHT = 24;

/** The curve with its button. */
export function LossCurve({ playground }: { readonly playground: Playground }) {
  const { trained, isWatched } = playground.training;
  const losses = trained.value?.losses ?? [];
  const [first, last] = [brief(losses[0] ?? 0), brief(losses.at(-1) ?? 0)];
  return (
    <div class="course">
      <svg
        viewBox={`0 -1 100 ${HEIGHT + 2}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={trained.value ? `The loss went from ${first} to ${last}.` : "No loss yet."}
      >
        <polyline points={pointsOf(losses)} />
      </svg>
      <p class="hint">The loss, round after round: mean cross-entropy of the points, without the penalty.</p>
      <CalmButton
        label={isWatched.value ? "Start over" : "Watch it learn"}
        isOff={!trained.value}
        onPress={() => playground.watch()}
      />
    </div>
  );
}

/** From the left to the right, the largest loss at the top and 0 at the bottom. */
function pointsOf(losses: readonly number[]): string {
  const most = Math.max(...losses);
  return losses
    .map((loss, i) => {
      const x = (100 * i) / Math.max(1, losses.length - 1);
      return `${x.toFixed(2)},${(HEIGHT * (1 - loss / most)).toFixed(2)}`;
    })
    .join(" ");
}
