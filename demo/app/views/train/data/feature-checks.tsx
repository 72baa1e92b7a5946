/** Checkboxes for the columns of a table that are features. */
import { useMemo, useState } from "preact/hooks";
import { formatCount } from "../../../../ui/format.ts";
import type { ColumnProfile } from "../../../data/tables/profile.ts";

interface FeatureChecksProps {
  /** All columns except the labels. */
  readonly columns: readonly ColumnProfile[];
  /** Names of the columns that are not ticked. */
  readonly leaveOut: readonly string[];
  readonly onChoose: (leaveOut: readonly string[]) => void;
}

/** Most columns that are shown at once; more are shown on request. */
const MAX_UNFOLDED = 40;
/** Checkboxes at most; more columns are searched by name. */
const MAX_SHOWN = 1000;

/** The checkboxes; many of them are folded away behind their number. */
export function FeatureChecks(props: FeatureChecksProps) {
  const { columns, leaveOut } = props;
  const [isOpen, setOpen] = useState(false);
  if (columns.length <= MAX_UNFOLDED) return <Boxes {...props} />;
  const unticked = new Set(leaveOut);
  const used = columns.filter(({ name }) => !unticked.has(name)).length;
  return (
    <details class="more-features" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Features: {formatCount(used)} of {formatCount(columns.length)} columns
      </summary>
      {isOpen && (columns.length > MAX_SHOWN ? <FoundBoxes {...props} /> : <Boxes {...props} />)}
    </details>
  );
}

/** A search by name, the checkboxes of the first matches, and two buttons for all matches. */
function FoundBoxes({ columns, leaveOut, onChoose }: FeatureChecksProps) {
  const [part, setPart] = useState("");
  const found = useMemo(
    () => columns.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase())),
    [columns, part],
  );
  const shown = found.slice(0, MAX_SHOWN);
  const without = () => {
    const names = new Set(found.map(({ name }) => name));
    return leaveOut.filter((name) => !names.has(name));
  };
  return (
    <>
      <label class="field">
        Find columns by a part of their names
        <input type="search" value={part} onInput={({ currentTarget }) => setPart(currentTarget.value)} />
      </label>
      <p class="hint" role="status">
        {formatCount(found.length)} found
        {found.length > shown.length &&
          `, ${formatCount(found.length - shown.length)} of them not shown below`}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => onChoose(without())}>
          Tick all found
        </button>
        <button type="button" onClick={() => onChoose([...without(), ...found.map(({ name }) => name)])}>
          Untick all found
        </button>
      </div>
      <Boxes columns={shown} leaveOut={leaveOut} onChoose={onChoose} />
    </>
  );
}

function Boxes({ columns, leaveOut, onChoose }: FeatureChecksProps) {
  const unticked = new Set(leaveOut);
  return (
    <fieldset class="feature-checks">
      <legend class={columns.length > MAX_UNFOLDED ? "unseen" : ""}>Features</legend>
      <div>
        {columns.map(({ name, kind, advice, reason }) => (
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
            <span class="hint">{advice === "use" ? kind : reason}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
