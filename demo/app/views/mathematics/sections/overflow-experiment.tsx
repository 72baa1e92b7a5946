/** @jsxImportSource preact */
/** An experiment: the same number added to every score, and what softmax makes of it in float32 with and without m. */
import { useState } from "preact/hooks";
import type { Label } from "../../../../../src/index.ts";
import { format } from "../numbers/format.ts";
import { naiveSoftmax, stableSoftmax } from "../numbers/overflow.ts";
import { LiveRange } from "../parts/live-range.tsx";

interface OverflowExperimentProps {
  readonly logits: Float64Array;
  readonly classes: readonly Label[];
  /** Position of the class whose probability is shown. */
  readonly own: number;
}

/** The slider and both results. */
export function OverflowExperiment({ logits, classes, own }: OverflowExperimentProps) {
  const [shift, setShift] = useState(0);
  const naive = naiveSoftmax(logits, shift)[own];
  const stable = stableSoftmax(logits, shift)[own];
  return (
    <div class="experiment">
      <p>
        <b>Try it in float32.</b> A constant added to all scores must leave p as it is.
      </p>
      <LiveRange
        label="Added to every score"
        min={-150}
        max={150}
        step={1}
        value={shift}
        inWords={format(shift, 0)}
        onMove={setShift}
      />
      <dl class="pair">
        <div>
          <dt>p of class {classes[own]}, as written in books</dt>
          <dd class={Number.isNaN(naive) ? "bad" : undefined}>{format(naive, 4)}</dd>
        </div>
        <div>
          <dt>with m subtracted</dt>
          <dd>{format(stable, 4)}</dd>
        </div>
      </dl>
    </div>
  );
}
