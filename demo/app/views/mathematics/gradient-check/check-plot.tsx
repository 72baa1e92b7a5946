/** @jsxImportSource preact */
/** The device's gradient over the differences, a point for each parameter sampled: on the diagonal they are the same. */

import { format } from "../numbers/format.ts";
import { largestSize } from "../numbers/shown.ts";
import type { CheckResult } from "./check.ts";

/** Half the width of the field that points lie in. */
const HALF = 90;

/** The plot. */
export function CheckPlot({ result: { device32, differences, device } }: { readonly result: CheckResult }) {
  const full = Math.max(largestSize(device32), largestSize(differences)) || 1;
  const place = (value: number) => (HALF * value) / full;
  const label = `${device32.length} parameters: the gradient on ${device.name} over central differences; all points lie on the diagonal where both agree`;
  return (
    <figure class="check-plot">
      <svg viewBox="-100 -100 200 200" role="img" aria-label={label}>
        <path class="axis" d="M-96 0H96M0 -96V96" />
        <path class="diagonal" d="M-96 96L96 -96" />
        {Array.from(device32, (value, n) => (
          <circle key={n} class="point" r="2.2" cx={place(differences[n])} cy={-place(value)} />
        ))}
      </svg>
      <figcaption class="hint">
        Across: central differences. Up: this device. {device32.length} parameters, up to ±{format(full)}; on
        the diagonal both agree.
      </figcaption>
    </figure>
  );
}
