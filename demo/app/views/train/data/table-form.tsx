/** The form for a table: its first rows, its header, the label column, the features, the split. */
import { useMemo, useState } from "preact/hooks";
import { CheckBox, Choice } from "../../../../ui/fields.tsx";
import { formatCount, formatCounted } from "../../../../ui/format.ts";
import type { TableChoices } from "../../../data/open-context.ts";
import {
  defaultTableChoices,
  kindOfColumn,
  pictureSide,
  type TableProfile,
} from "../../../data/tables/profile.ts";
import { ColumnList } from "./column-list.tsx";
import { placeOfProblem } from "./column-words.ts";
import { type FormPlace, FormProblem } from "./form-problem.tsx";
import { HeaderQuestion } from "./header-question.tsx";
import { LabelColumn } from "./label-column.tsx";
import { OpeningForm } from "./opening-form.tsx";
import { TablePreview } from "./table-preview.tsx";

interface TableFormProps {
  readonly name: string;
  readonly profile: TableProfile;
  /** The earlier choices; null at first. */
  readonly before: TableChoices | null;
  /** Why the table was not opened with them; empty at first. */
  readonly problem: string;
  /** Whether the form is shown again because the first row was called a header or data. */
  readonly isHeaderChanged: boolean;
  readonly onHeader: (hasHeader: boolean) => void;
  readonly onOpen: (choices: TableChoices) => void;
  readonly onCancel: () => void;
}

const SPLITS = [
  { id: "stratified", label: "a fifth of each class", hint: "Rare classes keep their share in both parts." },
  { id: "plain", label: "a fifth of all rows", hint: "Drawn regardless of class." },
] as const;

/** The form, with the most likely choices made. */
export function TableForm(props: TableFormProps) {
  const { name, profile, before, problem, isHeaderChanged } = props;
  const [choices, setChoices] = useState(() => before ?? defaultTableChoices(profile));
  const { label, split } = choices;
  const others = useMemo(() => profile.columns.filter((column) => column.name !== label), [profile, label]);
  const side = useMemo(() => sideOf(others, choices), [others, choices]);
  const place: FormPlace = isHeaderChanged ? "header" : placeOfProblem(problem, label, profile);
  const problemAt = (at: FormPlace) => <FormProblem text={place === at ? problem : ""} />;
  return (
    <OpeningForm
      title={`Open ${name}`}
      onOpen={() => props.onOpen({ ...choices, arePixels: side !== null && choices.arePixels })}
      onCancel={props.onCancel}
    >
      {problemAt("top")}
      <p class="hint">{remarksOn(profile)}</p>
      <TablePreview profile={profile} choices={choices} />
      {problemAt("header")}
      {!profile.isNamed && (
        <HeaderQuestion
          profile={profile}
          takesFocus={isHeaderChanged && !problem}
          onChange={props.onHeader}
        />
      )}
      {problemAt("label")}
      <LabelColumn
        profile={profile}
        value={label}
        onChoose={(chosen) => setChoices({ ...choices, label: chosen })}
      />
      {problemAt("columns")}
      <ColumnList
        columns={others}
        choices={choices}
        onChoose={(kinds) => setChoices({ ...choices, kinds })}
      />
      <Choice
        label="Validation rows"
        options={SPLITS}
        value={split}
        onChoose={(chosen) => setChoices({ ...choices, split: chosen })}
      />
      {side !== null && (
        <CheckBox
          label={`The features are pixels of ${side} × ${side} pictures`}
          hint="Row after row. The brightest value becomes white."
          value={choices.arePixels}
          onChoose={(arePixels) => setChoices({ ...choices, arePixels })}
        />
      )}
    </OpeningForm>
  );
}

/** Returns the side of the square picture that the features may be; null if they are none. */
function sideOf(columns: TableProfile["columns"], choices: TableChoices): number | null {
  let used = 0;
  for (const column of columns) {
    const use = kindOfColumn(column, choices);
    if (use === "leave out") continue;
    if (use !== "number") return null;
    used++;
  }
  return pictureSide(used);
}

function remarksOn({ columns, sampledRows, isWhole, remark }: TableProfile): string {
  const rows = isWhole
    ? `${formatCounted(sampledRows, "row")} of ${formatCounted(columns.length, "column")}.`
    : `${formatCount(columns.length)} columns, as the first ${formatCount(sampledRows)} rows show them.`;
  return remark ? `${rows} ${remark}` : rows;
}
