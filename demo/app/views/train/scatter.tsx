/** Validation rows of two features as points, on the regions of the model. */
import { useMemo } from "preact/hooks";
import type { Label } from "../../../../src/index.ts";
import { formatCount, formatDecimal } from "../../../ui/format.ts";
import { Marker } from "../../../ui/markers.tsx";
import { useSquareCanvas } from "../../../ui/use-square-canvas.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { rowValues } from "../../data/rows.ts";
import { cellText } from "../../data/tables/columns.ts";
import { brief } from "../../data/text.ts";
import type { Session } from "../../state/session.ts";
import { type Frame, paintScatter, type ScatterPoint } from "./scatter-paint.ts";
import "../../styles/tables.css";

/** Most points that are shown; more rows are thinned out evenly. */
const MOST_POINTS = 1200;
/** Room around the points, as a share of their range. */
const MARGIN = 0.05;

export function Scatter({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const classes = session.classes.value;
  const plot = useMemo(() => plotOf(dataset, classes), [dataset, classes]);
  const canvas = useSquareCanvas(
    (context, ratio) => paintScatter(context, { ...plot, parameters: session.run.snapshot.value }, ratio),
    [plot],
  );
  const [across, up] = plot.axes;
  const rows = dataset.validation.x.rows;
  return (
    <div class="scatter">
      <p class="hint axis-up">{axisText(up, "↑")}</p>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${formatCount(plot.points.length)} validation rows by ${across.name} and ${up.name}, with the regions of the model. The list “Most wrong” names its worst mistakes.`}
      />
      <p class="hint axis-across">{axisText(across, "→")}</p>
      <ScatterLegend classes={classes} />
      {plot.points.length < rows && (
        <p class="hint">
          {formatCount(plot.points.length)} of {formatCount(rows)} validation rows.
        </p>
      )}
    </div>
  );
}

function ScatterLegend({ classes }: { readonly classes: readonly Label[] }) {
  return (
    <ul class="scatter-legend">
      {classes.map((label, k) => (
        <li key={label}>
          <Marker k={k} /> {brief(`${label}`)}
        </li>
      ))}
      <li>
        <span class="ring" aria-hidden="true" /> predicted wrong
      </li>
    </ul>
  );
}

/** A feature, and its ends among the points as text. */
interface Axis {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

interface Plot {
  readonly points: readonly ScatterPoint[];
  readonly frame: Frame;
  readonly axes: readonly [across: Axis, up: Axis];
}

function axisText({ name, from, to }: Axis, arrow: string): string {
  return `${arrow} ${brief(name)}, ${from} to ${to}`;
}

function plotOf(dataset: DemoDataset, classes: Session["classes"]["value"]): Plot {
  const { x, y } = dataset.validation;
  const step = Math.ceil(x.rows / MOST_POINTS);
  const rows = Array.from({ length: Math.ceil(x.rows / step) }, (_, i) => i * step);
  const values = rows.map((row) => rowValues(x, row));
  const points = rows.map((row, i) => ({
    x: values[i][0],
    y: values[i][1],
    k: Math.max(0, classes.indexOf(y[row])),
  }));
  const endsOf = (feature: 0 | 1) => {
    let [least, most] = [0, 0];
    for (const [i, row] of values.entries()) {
      if (row[feature] < values[least][feature]) least = i;
      if (row[feature] > values[most][feature]) most = i;
    }
    return [least, most] as const;
  };
  const rangeOf = (feature: 0 | 1) => {
    const [least, most] = endsOf(feature).map((i) => values[i][feature]);
    const room = MARGIN * (most - least) || 1;
    return [least - room, most + room] as const;
  };
  const axisOf = (feature: 0 | 1): Axis => {
    const [from, to] = endsOf(feature).map((i) => valueText(dataset, rows[i], feature));
    return { name: dataset.features?.[feature] ?? `feature ${feature + 1}`, from, to };
  };
  const [left, right] = rangeOf(0);
  const [bottom, top] = rangeOf(1);
  return { points, frame: { left, right, bottom, top }, axes: [axisOf(0), axisOf(1)] };
}

/** Returns a value as it is in the file, whose units encoded rows do not have. */
function valueText({ validation }: DemoDataset, row: number, feature: 0 | 1): string {
  const { origin, x } = validation;
  const column = origin?.kind === "table" ? origin.columns[feature] : undefined;
  return column ? cellText(column, row) : formatDecimal(rowValues(x, row)[feature], 2);
}
