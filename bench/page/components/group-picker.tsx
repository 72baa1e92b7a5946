/** @jsxImportSource preact */
/** Picks which groups of a long table are shown. A short table shows all; a long one starts with its first group. */
import { useId } from "preact/hooks";

/** A table with more groups than this starts with one. */
const FEW = 5;
const ALL = "all";

/** Those of `groups` to show; `picked` is a title, `"all"`, or null as long as nobody has picked. */
export function pickedGroups<G extends { readonly title: string }>(
  groups: readonly G[],
  picked: string | null,
): readonly G[] {
  if (picked === ALL || (picked === null && groups.length <= FEW)) return groups;
  const chosen = groups.filter(({ title }) => title === picked);
  return chosen.length > 0 ? chosen : groups.slice(0, 1);
}

interface GroupPickerProps {
  readonly label: string;
  readonly groups: readonly { readonly title: string }[];
  readonly shown: readonly { readonly title: string }[];
  readonly onPick: (title: string) => void;
}

/** The control; nothing where there is no choice. */
export function GroupPicker({ label, groups, shown, onPick }: GroupPickerProps) {
  const id = useId();
  if (groups.length < 2) return null;
  return (
    <p class="picker">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={shown.length === groups.length ? ALL : shown[0].title}
        onChange={({ currentTarget }) => onPick(currentTarget.value)}
      >
        <option value={ALL}>all {groups.length}</option>
        {groups.map(({ title }) => (
          <option key={title} value={title}>
            {title}
          </option>
        ))}
      </select>
    </p>
  );
}
