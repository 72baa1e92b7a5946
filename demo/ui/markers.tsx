/** Colours and shapes that tell classes and series apart, also for people who see no colours. */

/** How many series colours styles/colours.css has. */
const COLOURS = 8;

/** Shapes as SVG path data within −1.2 and 1.2 in both directions, in the order in which classes get them. */
export const MARKERS = {
  circle: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  square: "M-.9-.9H.9V.9H-.9Z",
  triangle: "M0-1.15L1.1 .85H-1.1Z",
  diamond: "M0-1.2L1.1 0L0 1.2L-1.1 0Z",
  plus: "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
  "triangle down": "M0 1.15L1.1-.85H-1.1Z",
  star: "M0-1.2L.35-.4L1.2-.35L.55 .2L.75 1.05L0 .6L-.75 1.05L-.55 .2L-1.2-.35L-.35-.4Z",
  cross: "M0-.55L.6-1.15L1.15-.6L.55 0L1.15 .6L.6 1.15L0 .55L-.6 1.15L-1.15 .6L-.55 0L-1.15-.6L-.6-1.15Z",
} as const;

export type MarkerName = keyof typeof MARKERS;

export const MARKER_NAMES = Object.keys(MARKERS) as MarkerName[];

/** Returns the custom property that holds a series colour. Colours repeat; `colour` is any whole number from 0. */
export function colourName(colour: number): `--${string}` {
  return `--series-${(colour % COLOURS) + 1}`;
}

/** The shape and colour of class k. Decoration: the name of the class stands beside it. */
export function Marker({ k }: { readonly k: number }) {
  return (
    <svg
      class="marker"
      viewBox="-1.3 -1.3 2.6 2.6"
      style={{ fill: `var(${colourName(k)})` }}
      aria-hidden="true"
    >
      <path d={MARKERS[MARKER_NAMES[k]]} />
    </svg>
  );
}

interface LegendMarkProps {
  readonly colour: number;
  readonly marker: MarkerName | null;
  /** CSS pixels drawn and left out, empty for a solid line; null without a line. */
  readonly dash: readonly number[] | null;
}

/** The line and marker of a series, as charts draw them. Decoration: its label stands beside it. */
export function LegendMark({ colour, marker, dash }: LegendMarkProps) {
  const paint = `var(${colourName(colour)})`;
  return (
    <svg width="40" height="16" viewBox="-20 -8 40 16" aria-hidden="true">
      {dash && (
        <path d="M-20 0H20" style={{ stroke: paint, strokeWidth: 2, strokeDasharray: dash.join(" ") }} />
      )}
      {marker && <path d={MARKERS[marker]} transform="scale(5)" style={{ fill: paint }} />}
    </svg>
  );
}
