/** @jsxImportSource preact */
/** Which columns of a table are features: a box to tick for each. */
import { useState } from "preact/hooks";
import type { CsvColumn } from "../../../data/csv-columns.ts";
import { count } from "../../../data/open-dataset.ts";

interface FeatureChecksProps {
  /** All but the labels. */
  readonly columns: readonly CsvColumn[];
  /** Names of those that are not ticked. */
  readonly leaveOut: readonly string[];
  readonly onChoose: (leaveOut: readonly string[]) => void;
}

/** More columns are made only when someone asks for them. */
const MAX_SHOWN = 40;

/** The boxes; those of many columns are folded away behind their number. */
export function FeatureChecks(props: FeatureChecksProps) {
  const { columns, leaveOut } = props;
  const [isOpen, setOpen] = useState(false);
  if (columns.length <= MAX_SHOWN) return <Boxes {...props} />;
  const unticked = new Set(leaveOut);
  const used = columns.filter(({ name }) => !unticked.has(name)).length;
  return (
    <details class="more-features" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Features: {count(used)} of {count(columns.length)} columns
      </summary>
      {isOpen && <Boxes {...props} />}
    </details>
  );
}

function Boxes({ columns, leaveOut, onChoose }: FeatureChecksProps) {
  const unticked = new Set(leaveOut);
  return (
    <fieldset class="feature-checks">
      <legend class={columns.length > MAX_SHOWN ? "unseen" : ""}>Features</legend>
      <div>
        {columns.map(({ name, isNumeric }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={!unticked.has(name)}
              onChange={({ currentTarget }) =>
                onChoose(
                  currentTarget.checked ? leaveOut.filter((other) => other !== name) : [...leaveOut, name],
                )
              }
            />
            {name}
            {!isNumeric && <span class="hint">text</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
