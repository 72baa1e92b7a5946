/** @jsxImportSource preact */
/** What the lines and marks of charts stand for, a list for each record; an entry switches its series off and on. */
import { groupBy } from "../align.ts";
import { LegendMark } from "./legend-mark.tsx";
import { type ChartSeries, keyOf } from "./series.ts";

interface LegendProps {
  readonly series: readonly ChartSeries[];
  readonly hidden: readonly string[];
  readonly onToggle: (key: string) => void;
}

/** The legend. */
export function Legend({ series, hidden, onToggle }: LegendProps) {
  return (
    <>
      {groupBy(series, ({ group }) => group).map(([group, own]) => (
        <div key={group} class="legend-group">
          {group && <p>{group}</p>}
          <ul class="legend" aria-label={`Shown in the charts ${group}`}>
            {own.map((one) => (
              <li key={one.label}>
                <button
                  type="button"
                  aria-pressed={!hidden.includes(keyOf(one))}
                  onClick={() => onToggle(keyOf(one))}
                >
                  <LegendMark {...one} />
                  {one.label}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}
