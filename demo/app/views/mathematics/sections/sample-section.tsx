/** The choice of a sample, and the progress of the run. */

import { formatDecimal } from "../../../../ui/format.ts";
import { Facts, Section } from "../../../../ui/section.tsx";
import { SampleImage } from "../../../components/pixel-images.tsx";
import { OneEpochButton, StartButton } from "../../../components/run-buttons.tsx";
import { largestAt } from "../../../data/arrays.ts";
import { asDense } from "../../../data/rows.ts";
import { unitOf } from "../../../state/choices.ts";
import type { Session } from "../../../state/session.ts";
import { SamplePicker } from "../pickers.tsx";
import type { WorkedSample } from "../worked-sample.ts";

interface SampleSectionProps {
  readonly session: Session;
  readonly worked: WorkedSample;
  readonly onChoose: (row: number) => void;
}

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
            <SampleImage
              dataset={dataset}
              x={asDense(validation.x)}
              row={row}
              shape={image}
              label={`The sample, of class ${label}`}
            />
          </div>
        )}
        <div>
          <SamplePicker row={row} rows={validation.x.rows} onChoose={onChoose} />
          <Facts
            class="facts sample-facts"
            facts={[
              ["Class", label],
              [
                "Prediction",
                <>
                  {String(point.classes[guess])}{" "}
                  <span class={guess === shown.own ? "tag" : "tag bad"}>
                    {guess === shown.own ? "right" : "wrong"}
                  </span>
                </>,
              ],
              ["Probability of its class", formatDecimal(probabilities[shown.own], 4)],
              ["Loss", formatDecimal(loss)],
            ]}
          />
          <div class="flow">
            <div class="buttons">
              <StartButton session={session} />
              <OneEpochButton session={session} />
            </div>
            <p class="status">{positionOf(session)}</p>
          </div>
        </div>
      </div>
    </Section>
  );
}

function positionOf({ run: { status, history, snapshot }, choices }: Session): string {
  const last = history.value.at(-1);
  if (!snapshot.value)
    return status.value === "training" ? "Getting ready." : "Not trained yet: W = 0, b = 0.";
  if (!last) return "A model from a file.";
  return `After ${unitOf(choices.value.solver)} ${last.index}${status.value === "training" ? ", training" : ""}.`;
}
