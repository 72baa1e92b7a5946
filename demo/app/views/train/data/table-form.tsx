/** The form for a table: the label column, the features, the split. */
import { useMemo, useState } from "preact/hooks";
import { CheckBox, Choice } from "../../../../ui/fields.tsx";
import type { TableChoices } from "../../../data/open-context.ts";
import {
  type ColumnProfile,
  defaultTableChoices,
  kindOfColumn,
  type TableProfile,
} from "../../../data/tables/profile.ts";
import { FeatureChecks } from "./feature-checks.tsx";
import { LabelColumn } from "./label-column.tsx";
import { OpeningForm } from "./opening-form.tsx";

interface TableFormProps {
  readonly name: string;
  readonly profile: TableProfile;
  /** The earlier choices; null at first. */
  readonly before: TableChoices | null;
  readonly onOpen: (choices: TableChoices) => void;
  readonly onCancel: () => void;
}

const SPLITS = [
  { id: "stratified", label: "a fifth of each class", hint: "Rare classes keep their share in both parts." },
  { id: "plain", label: "a fifth of all rows", hint: "Drawn regardless of class." },
] as const;

/** Least width of a picture, pixels. */
const LEAST_SIDE = 4;

/** The form, with the most likely choices made. */
export function TableForm({ name, profile, before, onOpen, onCancel }: TableFormProps) {
  const { columns, hasHeader } = profile;
  const first = useMemo(() => before ?? defaultTableChoices(profile), [before, profile]);
  const [label, setLabel] = useState(first.label);
  const [leaveOut, setLeaveOut] = useState<readonly string[]>(() =>
    columns.filter((column) => kindOfColumn(column, first) === "leave out").map(({ name }) => name),
  );
  const [split, setSplit] = useState(first.split);
  const others = useMemo(() => columns.filter((column) => column.name !== label), [columns, label]);
  const side = useMemo(() => {
    const unticked = new Set(leaveOut);
    return Math.sqrt(others.filter((column) => !unticked.has(column.name)).length);
  }, [others, leaveOut]);
  const canBePixels = Number.isInteger(side) && side >= LEAST_SIDE;
  const [wantsPixels, setWantsPixels] = useState(first.arePixels);
  const arePixels = canBePixels && wantsPixels;
  return (
    <OpeningForm
      title={`Open ${name}`}
      onOpen={() => onOpen({ hasHeader, label, kinds: kindsOf(others, leaveOut), split, arePixels })}
      onCancel={onCancel}
    >
      <LabelColumn columns={columns} value={label} onChoose={setLabel} />
      <FeatureChecks columns={others} leaveOut={leaveOut} onChoose={setLeaveOut} />
      <Choice label="Validation rows" options={SPLITS} value={split} onChoose={setSplit} />
      {canBePixels && (
        <CheckBox
          label={`The features are pixels of ${side} × ${side} pictures`}
          hint="Row after row. The brightest value becomes white."
          value={wantsPixels}
          onChoose={setWantsPixels}
        />
      )}
    </OpeningForm>
  );
}

function kindsOf(columns: readonly ColumnProfile[], leaveOut: readonly string[]): TableChoices["kinds"] {
  const unticked = new Set(leaveOut);
  return new Map(columns.map(({ name, kind }) => [name, unticked.has(name) ? "leave out" : kind]));
}
