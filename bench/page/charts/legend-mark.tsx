/** @jsxImportSource preact */
/** A small picture of a series' line and mark, as the chart draws them. */
import { type ChartSeries, colourName } from "./series.ts";

const SHAPES = {
  circle: "M25 8a5 5 0 1 0-10 0a5 5 0 1 0 10 0Z",
  square: "M16 4h8v8h-8Z",
  triangle: "M20 2.5l5 9.5h-10Z",
  diamond: "M20 2l6 6l-6 6l-6-6Z",
  cross: "M15 3l10 10M25 3l-10 10",
} as const;

/** Decoration; the label beside it says what it stands for. */
export function LegendMark({ colour, marker, dash }: Pick<ChartSeries, "colour" | "marker" | "dash">) {
  const paint = `var(${colourName(colour)})`;
  return (
    <svg width="40" height="16" viewBox="0 0 40 16" aria-hidden="true">
      {dash && (
        <path d="M0 8H40" style={{ stroke: paint, strokeWidth: 2, strokeDasharray: dash.join(" ") }} />
      )}
      {marker && (
        <path
          d={SHAPES[marker]}
          style={marker === "cross" ? { stroke: paint, strokeWidth: 2.5 } : { fill: paint }}
        />
      )}
    </svg>
  );
}
