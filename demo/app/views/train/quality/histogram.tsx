/** The histogram of two classes by the probability of one: its bars, a line at the threshold, and the values. */
import { useId } from "preact/hooks";
import { formatCount, formatShare } from "../../../../ui/format.ts";
import { histogramOf, STEPS, type Tally } from "../../../state/tally.ts";
import { Frame, type Mark, PERCENT } from "./frame.tsx";
import { ValuesTable } from "./values-table.tsx";

const BINS = 20;
/** Width of a bin, and room at each side of a bar, in the units of a frame. */
const WIDTH = 100 / BINS;
const ROOM = 0.4;
/** Height of the highest bar, in the units of a frame. */
const HIGHEST = 48;

interface HistogramProps {
  readonly pairs: NonNullable<Tally["pairs"]>;
  readonly positive: number;
  readonly step: number;
  readonly names: readonly [own: string, other: string];
}

/** Draws the rows of the class upwards, those of the other downwards, by their probability. */
export function Histogram({ pairs, positive, step, names: [own, other] }: HistogramProps) {
  const up = histogramOf(pairs[positive][positive], BINS);
  const down = histogramOf(pairs[positive][1 - positive], BINS);
  const most = Math.max(...up, ...down, 1);
  const marks: Mark[] = [
    [0.02, formatCount(most)],
    [0.5, "0"],
    [0.98, formatCount(most)],
  ];
  return (
    <>
      <Frame
        caption="Validation rows by probability"
        inWords={`Number of validation rows by their probability of ${own}. The table below has the values.`}
        xTitle={`probability of “${own}”`}
        xMarks={PERCENT}
        yMarks={marks}
      >
        <Bars up={up} down={down} most={most} />
        <path class="frame-chosen" d={`M${(100 * step) / STEPS} 0V100`} />
      </Frame>
      <HistogramKey own={own} other={other} />
      <ValuesTable
        heads={[`probability of “${own}”`, `is “${own}”`, `is “${other}”`]}
        rows={up.map((count, bin) => ({
          key: bin,
          cells: [binText(bin), formatCount(count), formatCount(down[bin])],
        }))}
      />
    </>
  );
}

function binText(bin: number): string {
  return `${formatShare(bin / BINS)} to ${formatShare((bin + 1) / BINS)}`;
}

interface BarsProps {
  /** Number of rows of each bin. */
  readonly up: readonly number[];
  readonly down: readonly number[];
  /** Number of rows of the highest bar. */
  readonly most: number;
}

function Bars({ up, down, most }: BarsProps) {
  const stripes = useId();
  const height = (count: number) => (count === 0 ? 0 : Math.max(1, (HIGHEST * count) / most));
  const place = (bin: number, count: number) => ({
    x: bin * WIDTH + ROOM,
    width: WIDTH - 2 * ROOM,
    height: height(count),
  });
  return (
    <>
      <defs>
        <pattern id={stripes} width="100" height="3" patternUnits="userSpaceOnUse">
          <path class="histogram-stripe" d="M0 1H100" />
        </pattern>
      </defs>
      {up.map((count, bin) => (
        <rect key={`up ${bin * WIDTH}`} class="histogram-own" {...place(bin, count)} y={50 - height(count)} />
      ))}
      {down.map((count, bin) => (
        <rect
          key={`down ${bin * WIDTH}`}
          class="histogram-other"
          {...place(bin, count)}
          y={50}
          fill={`url(#${stripes})`}
        />
      ))}
    </>
  );
}

function HistogramKey({ own, other }: { readonly own: string; readonly other: string }) {
  return (
    <ul class="line-key flow">
      <li>
        <span class="key-own" aria-hidden="true" /> is “{own}”, upwards
      </li>
      <li>
        <span class="key-other" aria-hidden="true" /> is “{other}”, downwards
      </li>
    </ul>
  );
}
