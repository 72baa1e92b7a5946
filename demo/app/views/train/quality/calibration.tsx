/** Whether probabilities can be taken at their word: the reliability diagram, and a button that corrects them. */
import { useState } from "preact/hooks";
import { FocusableButton } from "../../../../ui/buttons.tsx";
import { formatCount, formatPercent, formatRatio, formatShare } from "../../../../ui/format.ts";
import type { Evaluation } from "../../../state/evaluation.ts";
import type { Session } from "../../../state/session.ts";
import { calibrationText, resultText } from "./calibration-words.ts";
import { dotsAt, Frame, lineThrough, PERCENT } from "./frame.tsx";

interface CalibrationProps {
  readonly session: Session;
  readonly evaluation: Evaluation;
}

export function Calibration({ session, evaluation }: CalibrationProps) {
  const { report } = evaluation;
  return (
    <div class="quality-part">
      <h3>Can its probabilities be taken at their word?</h3>
      <div class="columns">
        <div>
          <p>{calibrationText(report)}</p>
          <CalibrateButton session={session} evaluation={evaluation} />
        </div>
        <Diagram report={report} />
      </div>
    </div>
  );
}

function CalibrateButton({ session, evaluation }: CalibrationProps) {
  const [said, setSaid] = useState("");
  const { run } = session;
  const model = run.inUse.value?.model;
  const isTraining = run.isTraining.value;
  const temperature = model?.temperature ?? 1;
  const calibrate = async () => {
    if (!model) return;
    const { x, y } = evaluation.samples;
    setSaid("Calibrating …");
    try {
      setSaid(resultText(await model.calibrate(x, y as string[])));
      // The model is the same one with other probabilities: whoever follows it looks again.
      const inUse = run.inUse.peek();
      if (inUse) run.inUse.value = { ...inUse };
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <FocusableButton label="Calibrate" isDisabled={isTraining || !model} onPress={() => void calibrate()} />
      <p role="status">{said}</p>
      <p class="hint">
        {isTraining && "It can be pressed once the run is paused or done. "}
        Temperature {formatRatio(temperature)}
        {temperature === 1 ? ": not calibrated" : ": every score is divided by it"}. It is found on the
        validation rows, on which the diagram is drawn too: new rows may fit a little less well. No answer
        changes, only how sure it is. To undo it, train again.
      </p>
    </>
  );
}

/** Accuracy by confidence, a dot and a bar for each bin that has rows; on the diagonal they agree. */
function Diagram({ report }: Pick<Evaluation, "report">) {
  const bins = report.bins.filter(({ support }) => support > 0);
  const total = bins.reduce((sum, { support }) => sum + support, 0);
  const points = bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
  return (
    <div>
      <Frame
        caption="Right, by how sure it says it is"
        inWords={`Accuracy by confidence; expected calibration error ${formatShare(report.calibrationError)}. The table below has the values.`}
        xTitle="probability of its answer"
        xMarks={PERCENT}
        yMarks={PERCENT}
      >
        {bins.map(({ lower, upper, support }) => (
          <rect
            key={lower}
            class="diagram-support"
            x={100 * lower + 0.4}
            width={100 * (upper - lower) - 0.8}
            y={100 - (100 * support) / total}
            height={(100 * support) / total}
          />
        ))}
        <path class="frame-even" d="M0 100L100 0" />
        <path class="frame-line" d={lineThrough(points)} />
        <path class="frame-dots" d={dotsAt(points)} />
      </Frame>
      <p class="hint">
        On the dashed diagonal it is right as often as it says; below, it is too sure. The bars are the share
        of the rows.
      </p>
      <details>
        <summary>The values as a table</summary>
        <table class="metrics-table">
          <thead>
            <tr>
              <th scope="col">it says, on average</th>
              <th scope="col">it is right</th>
              <th scope="col">rows</th>
            </tr>
          </thead>
          <tbody>
            {bins.map(({ lower, confidence, accuracy, support }) => (
              <tr key={lower}>
                <th scope="row">{formatPercent(confidence)}</th>
                <td>{formatPercent(accuracy)}</td>
                <td>{formatCount(support)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
