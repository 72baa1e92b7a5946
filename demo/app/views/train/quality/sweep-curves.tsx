/** Loss and accuracy of training and validation rows by λ, on a log axis, and the same values as a table. */
import { formatBrief, formatLoss, formatShare } from "../../../../ui/format.ts";
import { L2S, type Score, type SweepPoint } from "../../../state/penalty-sweep.ts";
import { axisPercent, dotsAt, Frame, LineKey, lineThrough, type Mark } from "./frame.tsx";
import { ValuesTable } from "./values-table.tsx";

interface SweepCurvesProps {
  readonly points: readonly SweepPoint[];
  /** λ to mark; null for none. */
  readonly chosen: number | null;
}

export function SweepCurves({ points, chosen }: SweepCurvesProps) {
  return (
    <>
      <div class="columns">
        <Curve name="loss" caption="Loss" format={formatLoss} points={points} chosen={chosen} />
        <Curve name="accuracy" caption="Accuracy" format={formatShare} points={points} chosen={chosen} />
      </div>
      <LineKey names={["training", "validation"]}>
        {chosen !== null && (
          <li>
            <span class="key-chosen" aria-hidden="true" /> the best, λ = {formatBrief(chosen)}
          </li>
        )}
      </LineKey>
      <ValuesTable
        isWide
        heads={["λ", "training loss", "validation loss", "training accuracy", "validation accuracy"]}
        rows={points.map(({ l2, training, validation }) => ({
          key: l2,
          cells: [
            formatBrief(l2),
            ...[training.loss, validation.loss].map(formatLoss),
            ...[training.accuracy, validation.accuracy].map(formatShare),
          ],
        }))}
      />
    </>
  );
}

const [LARGEST, LEAST] = [Math.log10(L2S[0]), Math.log10(L2S[L2S.length - 1])];

/** Returns the place of λ on the axis, 0 to 1. */
function placeOf(l2: number): number {
  return (Math.log10(l2) - LEAST) / (LARGEST - LEAST);
}

const X_MARKS: readonly Mark[] = [1e-6, 1e-4, 0.01, 1].map((l2) => [placeOf(l2), formatBrief(l2)]);

interface CurveProps extends SweepCurvesProps {
  readonly name: keyof Score;
  readonly caption: string;
  readonly format: (value: number) => string;
}

function Curve({ name, caption, format, points, chosen }: CurveProps) {
  const values = points.flatMap(({ training, validation }) => [training[name], validation[name]]);
  const finite = values.filter((value) => Number.isFinite(value));
  const top = name === "accuracy" ? 1 : Math.max(...finite, 1e-9);
  const bottom = name === "accuracy" ? Math.floor(10 * Math.min(...finite, 1) - 0.5) / 10 : 0;
  const base = Math.max(0, bottom);
  const place = (value: number) => (value - base) / (top - base);
  const yMarks: Mark[] = [0, 0.5, 1].map((at) => [at, onAxis(name, base + at * (top - base))]);
  const line = (part: "training" | "validation") =>
    points.map((point) => [placeOf(point.l2), place(point[part][name])] as const);
  const last = points[points.length - 1];
  return (
    <Frame
      caption={caption}
      inWords={`${caption} by λ: training ${format(last.training[name])} and validation ${format(last.validation[name])} at λ = ${formatBrief(last.l2)}. The table below has the values.`}
      xTitle="λ"
      xMarks={X_MARKS}
      yMarks={yMarks}
    >
      {chosen !== null && <path class="frame-chosen" d={`M${100 * placeOf(chosen)} 0V100`} />}
      <path class="frame-line" d={lineThrough(line("training"))} />
      <path class="frame-dots" d={dotsAt(line("training"))} />
      <path class="frame-line second" d={lineThrough(line("validation"))} />
      <path class="frame-dots second" d={dotsAt(line("validation"))} />
    </Frame>
  );
}

function onAxis(name: keyof Score, value: number): string {
  return name === "accuracy" ? axisPercent(value) : formatBrief(value);
}
