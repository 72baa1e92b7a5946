/** @jsxImportSource preact */
/** What a gradient check found: the verdict, both comparisons, and a picture. */
import type { WorkedSample } from "../worked-sample.ts";
import type { CheckResult } from "./check.ts";
import { CheckPlot } from "./check-plot.tsx";
import { LEAST_SCALE } from "./compare.ts";
import { ComparisonCard } from "./comparison-card.tsx";
import { placeName } from "./place-name.ts";

interface CheckReportProps {
  readonly result: CheckResult;
  /** What was checked; the view may show something else by now. */
  readonly worked: WorkedSample;
}

/** The report. */
export function CheckReport({ result, worked }: CheckReportProps) {
  const { device, onDevice, inFloat64, rows } = result;
  const passed = onDevice.passed && inFloat64.passed;
  const nameOf = (place: number) => placeName(place, worked.dataset, worked.point.classes);
  return (
    <>
      <p class={passed ? "verdict" : "verdict bad"}>
        <span aria-hidden="true">{passed ? "✓" : "✗"}</span>{" "}
        {passed ? "Passed: the gradient is right." : "Failed: the gradients differ."}
      </p>
      <p class="hint">
        On {rows} rows, from validation row {worked.row + 1} on. Differences are relative to the gradient’s
        largest element, or to {LEAST_SCALE} where that is smaller: near the optimum a gradient is little more
        than rounding.
      </p>
      <div class="comparisons">
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
