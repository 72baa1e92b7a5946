/** The first rows of a table, with the use of each column under its name. */
import { formatCount } from "../../../../ui/format.ts";
import { ScrollBox } from "../../../../ui/section.tsx";
import type { TableChoices } from "../../../data/open-context.ts";
import { kindOfColumn, type TableProfile } from "../../../data/tables/profile.ts";
import { brief } from "../../../data/text.ts";
import { kindText } from "./column-words.ts";

interface TablePreviewProps {
  readonly profile: TableProfile;
  readonly choices: TableChoices;
}

/** Columns that are shown at most. */
const MOST_COLUMNS = 24;

export function TablePreview({ profile, choices }: TablePreviewProps) {
  const { columns, preview } = profile;
  const shown = shownColumns(profile, choices.label);
  const useOf = (at: number) =>
    columns[at].name === choices.label ? "labels" : kindOfColumn(columns[at], choices);
  return (
    <>
      <ScrollBox label={`The first ${preview.length} rows`}>
        <table class="table-preview">
          <caption class="unseen">The first rows, with the use of each column under its name</caption>
          <thead>
            <tr>
              {shown.map((at) => {
                const use = useOf(at);
                return (
                  <th
                    key={at}
                    scope="col"
                    class={use === "labels" ? "own" : use === "number" ? "figure" : ""}
                  >
                    {brief(columns[at].name)}
                    <span class="hint">{use === "labels" ? "labels" : kindText(use)}</span>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {preview.map((cells, row) => (
              <tr key={row}>
                {shown.map((at) => {
                  const use = useOf(at);
                  return (
                    <td key={at} class={use === "labels" ? "own" : use === "number" ? "figure" : ""}>
                      {brief(cells[at] ?? "")}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {columns.length > shown.length && (
        <p class="hint">
          {formatCount(shown.length)} of {formatCount(columns.length)} columns are shown here.
        </p>
      )}
    </>
  );
}

/** Returns the positions of the first columns, and of the labels. */
function shownColumns({ columns }: TableProfile, label: string): number[] {
  const first = Array.from({ length: Math.min(columns.length, MOST_COLUMNS) }, (_, at) => at);
  const labels = columns.findIndex(({ name }) => name === label);
  if (labels >= MOST_COLUMNS) first[MOST_COLUMNS - 1] = labels;
  return first;
}
