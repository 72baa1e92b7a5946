/** @jsxImportSource preact */
/** Which sample is worked through, and how far the run is. */

import { Section } from "../../../../../bench/page/components/section.tsx";
import { largestAt } from "../../../components/largest.ts";
import { SampleImage } from "../../../components/sample-image.tsx";
import type { Session } from "../../../state/session.ts";
import { format } from "../numbers/format.ts";
import type { WorkedSample } from "../worked-sample.ts";
import { RunStrip } from "./run-strip.tsx";
import { SamplePicker } from "./sample-picker.tsx";

interface SampleSectionProps {
  readonly session: Session;
  readonly worked: WorkedSample;
  readonly onChoose: (row: number) => void;
}

/** The panel. */
export function SampleSection({ session, worked, onChoose }: SampleSectionProps) {
  const { dataset, row, numbers, shown, point } = worked;
  const { validation, image } = dataset;
  const { probabilities, loss } = numbers;
  const [guess] = largestAt(probabilities.length, (k) => probabilities[k], 1);
  const label = String(validation.y[row]);
  return (
    <Section
      title="One sample, every number"
      lead="From the input to the step it causes: each formula stands beside what it gives for this sample, with the parameters as they are now. Train, and watch the numbers move."
    >
      <div class="sample">
        {image && (
          <div class="sample-picture">
            <SampleImage x={validation.x} row={row} shape={image} label={`The sample, of class ${label}`} />
          </div>
        )}
        <div>
          <SamplePicker row={row} rows={validation.x.rows} onChoose={onChoose} />
          <dl class="facts sample-facts">
            <div>
              <dt>Its class</dt>
              <dd>{label}</dd>
            </div>
            <div>
              <dt>Likeliest now</dt>
              <dd>
                {String(point.classes[guess])}{" "}
                <span class={guess === shown.own ? "tag" : "tag wrong"}>
                  {guess === shown.own ? "right" : "wrong"}
                </span>
              </dd>
            </div>
            <div>
              <dt>Probability of its class</dt>
              <dd>{format(probabilities[shown.own], 4)}</dd>
            </div>
            <div>
              <dt>Loss</dt>
              <dd>{format(loss)}</dd>
            </div>
          </dl>
          <RunStrip session={session} />
        </div>
      </div>
    </Section>
  );
}
