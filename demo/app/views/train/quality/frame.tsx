/**
 * The frame of a small chart: caption, two axes with a few marks, and a drawing between them that stretches to its place
 * while its lines and texts keep their size.
 */
import type { ComponentChildren } from "preact";
import { LegendMark } from "../../../../ui/markers.tsx";

/** A mark on an axis: its place from 0 to 1, and its text. */
export type Mark = readonly [place: number, text: string];

interface FrameProps {
  readonly caption: string;
  /** The drawing in words, for people who do not see it. */
  readonly inWords: string;
  readonly xTitle: string;
  readonly xMarks: readonly Mark[];
  readonly yMarks: readonly Mark[];
  /** Parts of an SVG: x from 0 to 100 to the right, y from 0 to 100 downwards. */
  readonly children: ComponentChildren;
}

export function Frame({ caption, inWords, xTitle, xMarks, yMarks, children }: FrameProps) {
  return (
    <figure class="frame">
      <figcaption>{caption}</figcaption>
      <div class="frame-drawing">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={inWords}>
          {yMarks.map(([place]) => (
            <path key={place} class="frame-grid" d={`M0 ${100 - 100 * place}H100`} />
          ))}
          {children}
        </svg>
        {yMarks.map(([place, text]) => (
          <span key={place} class="frame-y" style={{ bottom: `${100 * place}%` }} aria-hidden="true">
            {text}
          </span>
        ))}
        {xMarks.map(([place, text]) => (
          <span key={place} class="frame-x" style={{ left: `${100 * place}%` }} aria-hidden="true">
            {text}
          </span>
        ))}
      </div>
      <p class="hint frame-title" aria-hidden="true">
        {xTitle}
      </p>
    </figure>
  );
}

/** CSS pixels drawn and left out of the second line, as styles/quality.css has them. */
const DASH = [6, 4];

interface LineKeyProps {
  readonly names: readonly [first: string, second: string];
  /** More items of the list. Default none. */
  readonly children?: ComponentChildren;
}

/** Names the two lines of a chart. */
export function LineKey({ names: [first, second], children }: LineKeyProps) {
  return (
    <ul class="line-key flow">
      <li>
        <LegendMark colour={0} marker={null} dash={[]} /> {first}
      </li>
      <li>
        <LegendMark colour={1} marker={null} dash={DASH} /> {second}
      </li>
      {children}
    </ul>
  );
}

/** Returns a share as whole percent for an axis, which has no room for the decimal of `formatShare`. */
export function axisPercent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** Marks of a share from 0 to 100%. */
export const PERCENT: readonly Mark[] = [0, 0.25, 0.5, 0.75, 1].map((place) => [place, axisPercent(place)]);

/** Returns the path of a line through points, x and y from 0 to 1, y upwards; a gap if a value is not finite. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): string {
  let command = "M";
  let path = "";
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      command = "M";
      continue;
    }
    path += `${command}${round(100 * x)} ${round(100 - 100 * y)}`;
    command = "L";
  }
  return path;
}

/** Returns the path of a dot at each point: a line without length, which a round line cap makes a circle. */
export function dotsAt(points: readonly (readonly [x: number, y: number])[]): string {
  return points
    .filter(([, y]) => Number.isFinite(y))
    .map(([x, y]) => `M${round(100 * x)} ${round(100 - 100 * y)}h0`)
    .join("");
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
