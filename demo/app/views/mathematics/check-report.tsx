/** The result of a gradient check: passed or failed, both comparisons, and a plot. */
import { useId } from "preact/hooks";
import { formatCount, formatDecimal, formatScientific } from "../../../ui/format.ts";
import { Facts } from "../../../ui/section.tsx";
import { type CheckResult, type Comparison, LEAST_SCALE } from "./gradient-check.ts";
import { largestSize, placeName, type WorkedSample } from "./worked-sample.ts";

interface CheckReportProps {
  readonly result: CheckResult;
  /** The sample that was checked; the view may show another by now. */
  readonly worked: WorkedSample;
}

export function CheckReport({ result, worked }: CheckReportProps) {
  const { device, onDevice, inFloat64, rows } = result;
  const passed = onDevice.passed && inFloat64.passed;
  const nameOf = (place: number) => placeName(place, worked.dataset, worked.point.classes);
  return (
    <>
      <p class={passed ? "verdict good" : "verdict bad"}>
        <span aria-hidden="true">{passed ? "✓" : "✗"}</span>{" "}
        {passed ? "Passed: the gradient is right." : "Failed: the gradients differ."}
      </p>
      <p class="hint">
        On {rows} rows, from validation row {worked.row + 1} on. Differences are relative to the gradient’s
        largest element, or to {LEAST_SCALE} if that is smaller: near the optimum a gradient is little more
        than rounding.
      </p>
      <div class="comparisons columns">
        <ComparisonCard
          title="This device against the formula in float64"
          names={[device.name, "Formula in float64"]}
          comparison={onDevice}
          nameOf={nameOf}
        />
        <ComparisonCard
          title="The formula in float64 against differences"
          names={["Formula in float64", "Central difference"]}
          comparison={inFloat64}
          nameOf={nameOf}
        />
      </div>
      <CheckPlot result={result} />
    </>
  );
}

/** Digits after the point, enough to see the difference between float32 and float64. */
const DIGITS = 10;

interface ComparisonCardProps {
  readonly title: string;
  /** Names of the gradient under test and of the reference. */
  readonly names: readonly [actual: string, expected: string];
  readonly comparison: Comparison;
  readonly nameOf: (place: number) => string;
}

function ComparisonCard({ title, names, comparison, nameOf }: ComparisonCardProps) {
  const { count: parameters, largest, relative, tolerance, passed, place, actual, expected } = comparison;
  const id = useId();
  const facts: [string, string][] = [
    ["Parameters compared", formatCount(parameters)],
    ["Largest difference", formatScientific(largest)],
    ["It lies at", nameOf(place)],
    [names[0], formatDecimal(actual, DIGITS)],
    [names[1], formatDecimal(expected, DIGITS)],
  ];
  return (
    <section class="comparison box" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <p class={passed ? "relative good" : "relative bad"}>{formatScientific(relative)}</p>
      <p class="hint">
        largest relative difference; up to {formatScientific(tolerance)} {passed ? "passes" : "would pass"}
      </p>
      <Facts class="limits" facts={facts} />
    </section>
  );
}

/** Half the width of the area of points. */
const HALF = 90;

function CheckPlot({ result: { device32, differences, device } }: { readonly result: CheckResult }) {
  const full = Math.max(largestSize(device32), largestSize(differences)) || 1;
  const place = (value: number) => (HALF * value) / full;
  const label = `${device32.length} parameters: the gradient on ${device.name} over central differences; all points lie on the diagonal where both agree`;
  return (
    <figure class="check-plot flow">
      <svg viewBox="-100 -100 200 200" role="img" aria-label={label}>
        <path class="axis" d="M-96 0H96M0 -96V96" />
        <path class="diagonal" d="M-96 96L96 -96" />
        {Array.from(device32, (value, n) => (
          <circle key={n} class="point" r="2.2" cx={place(differences[n])} cy={-place(value)} />
        ))}
      </svg>
      <figcaption class="hint">
        Across: central differences. Up: this device. {device32.length} parameters, up to ±
        {formatDecimal(full)}; on the diagonal both agree.
      </figcaption>
    </figure>
  );
}
