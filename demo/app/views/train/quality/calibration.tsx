/** The reliability diagram of the probabilities, and a button that corrects them. */
import { useState } from "preact/hooks";
import { FocusableButton } from "../../../../ui/buttons.tsx";
import { formatCount, formatRatio, formatShare } from "../../../../ui/format.ts";
import type { Evaluation } from "../../../state/evaluation.ts";
import type { ModelInUse, Snapshot } from "../../../state/run-records.ts";
import type { Session } from "../../../state/session.ts";
import { calibrationText, resultText } from "./calibration-words.ts";
import { dotsAt, Frame, lineThrough, PERCENT } from "./frame.tsx";
import { ValuesTable } from "./values-table.tsx";

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

/** The state of a calibration as text, and the parameters that it is about. */
interface Said {
  readonly text: string;
  readonly snapshot: Snapshot;
}

function CalibrateButton({ session, evaluation }: CalibrationProps) {
  const [said, setSaid] = useState<Said | null>(null);
  const { run } = session;
  const inUse = run.inUse.value;
  const isTraining = run.isTraining.value;
  const calibrate = async ({ model, snapshot }: ModelInUse) => {
    const say = (text: string) => setSaid({ text, snapshot });
    const { x, y } = evaluation.samples;
    say("Calibrating …");
    try {
      say(resultText(await model.calibrate(x, y as string[])));
      // A new object tells all followers to look again: the probabilities are others.
      const current = run.inUse.peek();
      if (current) run.inUse.value = { ...current };
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <FocusableButton
        label="Calibrate"
        isDisabled={isTraining || !inUse}
        onPress={() => inUse && void calibrate(inUse)}
      />
      <p role="status">{said && said.snapshot === inUse?.snapshot ? said.text : ""}</p>
      <p class="hint">
        {isTraining && "It can be pressed once the run is paused or done. "}
        <TemperatureHint temperature={inUse?.model.temperature ?? 1} />
      </p>
    </>
  );
}

function TemperatureHint({ temperature }: { readonly temperature: number }) {
  return (
    <>
      Temperature {formatRatio(temperature)}
      {temperature === 1 ? ": not calibrated" : ": every score is divided by it"}. It is found on the
      validation rows, on which the diagram is drawn too: new rows may fit a little less well. No answer
      changes, only how sure it is. To undo it, train again.
    </>
  );
}

/** Draws accuracy by confidence for each bin that has rows; on the diagonal they agree. */
function Diagram({ report }: Pick<Evaluation, "report">) {
  const bins = report.bins.filter(({ support }) => support > 0);
  return (
    <div>
      <Frame
        caption="Right, by how sure it says it is"
        inWords={`Accuracy by confidence; expected calibration error ${formatShare(report.calibrationError)}. The table below has the values.`}
        xTitle="probability of its answer"
        xMarks={PERCENT}
        yMarks={PERCENT}
      >
        <DiagramMarks bins={bins} />
      </Frame>
      <p class="hint">
        On the dashed diagonal it is right as often as it says; below, it is too sure. The bars are the share
        of the rows.
      </p>
      <ValuesTable
        heads={["it says, on average", "it is right", "rows"]}
        rows={bins.map(({ lower, confidence, accuracy, support }) => ({
          key: lower,
          cells: [formatShare(confidence), formatShare(accuracy), formatCount(support)],
        }))}
      />
    </div>
  );
}

/** Draws a dot and a bar for each bin, and the diagonal. */
function DiagramMarks({ bins }: Pick<Evaluation["report"], "bins">) {
  const total = bins.reduce((sum, { support }) => sum + support, 0);
  const points = bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
  return (
    <>
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
    </>
  );
}
