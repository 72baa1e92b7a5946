/** Sentences about what reading a table left out, and about cells that it could not read. */
import { formatCount } from "../../../ui/format.ts";
import { someOf } from "../open-dataset.ts";
import { brief } from "../text.ts";
import type { ColumnBuilder } from "./column-builder.ts";

/** The facts of a reading that the remarks are made of. */
export interface ReadingNotes {
  /** Names of the columns that are neither features nor labels. */
  readonly leftOut: readonly string[];
  /** Rows without a label. */
  readonly unlabelled: number;
  readonly builders: readonly Pick<ColumnBuilder, "plan" | "unreadable">[];
  /** Sentences about the file: its encoding, its sheet. */
  readonly remarks: readonly string[];
}

/** Columns whose unreadable cells are told one by one at most. */
const MOST_COLUMNS = 3;

const NOUNS = { number: "numbers", date: "dates", "yes-no": "yes or no" } as const;

export function remarkOn({ leftOut, unlabelled, builders, remarks }: ReadingNotes): string {
  const sentences: string[] = [];
  if (leftOut.length > 0) sentences.push(`Columns left out: ${someOf(leftOut)}.`);
  if (unlabelled > 0) sentences.push(`Rows without a label, left out: ${formatCount(unlabelled)}.`);
  if (builders.some(({ plan }) => plan.kind === "number" && plan.reading?.decimal === ","))
    sentences.push("Commas in numbers were read as decimal commas.");
  const wrong = builders.filter(({ unreadable }) => unreadable !== null);
  for (const builder of wrong.slice(0, MOST_COLUMNS)) sentences.push(unreadableIn(builder));
  if (wrong.length > MOST_COLUMNS) {
    const more = wrong.slice(MOST_COLUMNS);
    const count = more.reduce((sum, { unreadable }) => sum + (unreadable?.count ?? 0), 0);
    sentences.push(
      `So do ${formatCount(count)} unreadable cells of ${someOf(more.map(({ plan }) => plan.name))}.`,
    );
  }
  return [...sentences, ...remarks].join(" ");
}

function unreadableIn({ plan, unreadable }: ReadingNotes["builders"][number]): string {
  const { count, cell, row } = unreadable ?? { count: 0, cell: "", row: 0 };
  const noun = NOUNS[plan.kind as keyof typeof NOUNS];
  const name = `“${brief(plan.name)}”`;
  if (count === 1)
    return `One cell of ${name}, “${cell}” in row ${formatCount(row)}, is not ${noun}; it counts as missing.`;
  return `${formatCount(count)} cells of ${name} are not ${noun}, for example “${cell}” in row ${formatCount(row)}; they count as missing.`;
}
