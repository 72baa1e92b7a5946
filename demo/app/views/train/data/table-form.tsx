/** The form for a CSV file: the label column, the features, missing values, the split. */
import { useMemo, useState } from "preact/hooks";
import { CheckBox, Choice } from "../../../../ui/fields.tsx";
import type { TableChoices } from "../../../data/open-context.ts";
import { type CsvColumn, likelyLabel } from "../../../data/open-context.ts";
import { FeatureChecks } from "./feature-checks.tsx";
import { LabelColumn } from "./label-column.tsx";
import { OpeningForm } from "./opening-form.tsx";

interface TableFormProps {
  readonly name: string;
  readonly columns: readonly CsvColumn[];
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
export function TableForm({ name, columns, before, onOpen, onCancel }: TableFormProps) {
  const [label, setLabel] = useState(before?.label ?? likelyLabel(columns));
  const [leaveOut, setLeaveOut] = useState(before?.leaveOut ?? namesOfText(columns));
  const [skipIncomplete, setSkipIncomplete] = useState(before?.skipIncomplete ?? false);
  const [split, setSplit] = useState(before?.split ?? "stratified");
  const others = useMemo(() => columns.filter((column) => column.name !== label), [columns, label]);
  const side = useMemo(() => {
    const unticked = new Set(leaveOut);
    return Math.sqrt(others.filter((column) => !unticked.has(column.name)).length);
  }, [others, leaveOut]);
  const canBePixels = Number.isInteger(side) && side >= LEAST_SIDE;
  const [wantsPixels, setWantsPixels] = useState(before?.arePixels ?? /^pi?x/i.test(others[0].name));
  const arePixels = canBePixels && wantsPixels;
  return (
    <OpeningForm
      title={`Open ${name}`}
      onOpen={() => onOpen({ label, leaveOut, skipIncomplete, split, arePixels })}
      onCancel={onCancel}
    >
      <LabelColumn columns={columns} value={label} onChoose={setLabel} />
      <FeatureChecks columns={others} leaveOut={leaveOut} onChoose={setLeaveOut} />
      <Choice label="Validation rows" options={SPLITS} value={split} onChoose={setSplit} />
      <CheckBox
        label="Leave out rows with missing values"
        hint="Otherwise the first one is named and nothing is opened."
        value={skipIncomplete}
        onChoose={setSkipIncomplete}
      />
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

function namesOfText(columns: readonly CsvColumn[]): readonly string[] {
  return columns.filter(({ isNumeric }) => !isNumeric).map(({ name }) => name);
}
