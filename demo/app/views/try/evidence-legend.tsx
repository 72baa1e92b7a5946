/** @jsxImportSource preact */
/** What the colours of the evidence mean, and how its terms add up to the score. */
import type { Evidence, Verdict } from "./drawing.ts";
import { forAndAgainst } from "./evidence.ts";

/** The scale, and below it the sum. */
export function EvidenceLegend({
  verdict,
  evidence,
}: {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}) {
  const { k, terms, largest } = evidence;
  const label = verdict.classes[k];
  const sums = forAndAgainst(terms);
  return (
    <>
      <div class="diverging" aria-hidden="true">
        <span>{signed(-largest)}</span>
        <span>against {label}</span>
        <span>for {label}</span>
        <span>{signed(largest)}</span>
      </div>
      <dl class="sum">
        <div>
          <dt>for</dt>
          <dd class="plus">{signed(sums.for)}</dd>
        </div>
        <div>
          <dt>against</dt>
          <dd class="minus">{signed(sums.against)}</dd>
        </div>
        <div>
          <dt>bias</dt>
          <dd>{signed(verdict.parameters.bias[k])}</dd>
        </div>
        <div>
          <dt>= score of {label}</dt>
          <dd>{signed(verdict.logits[k])}</dd>
        </div>
      </dl>
    </>
  );
}

const twoDigits = new Intl.NumberFormat("en-GB", {
  signDisplay: "negative",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

function signed(value: number): string {
  const digits = twoDigits.format(value).replace("-", "−");
  return value >= 0.005 ? `+${digits}` : digits;
}
