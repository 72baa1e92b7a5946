/** The most likely label column: by its name, else by few different values. */
import type { ColumnProfile } from "./profile.ts";

/** Usual names, the surest first. */
const USUAL = [
  /^(labels?|class|classes|klasse|target|ziel|zielgruppe|y)$/i,
  /^(outcome|species|category|kategorie|digit|survived|tier|churn(ed)?|sentiment|diagnosis|exited|spam|fraud)$/i,
  /^(is[ _]?(spam|fraud)|result|ergebnis|quality|variety|sorte|default|status|grade|type|typ|art|response|rating)$/i,
];
/** Different values of labels at most: of a column with a usual name, and of another. */
const MOST_NAMED = 1000;
const FEW = 20;

/** Returns the name of the column that is most likely the labels; never that of an id or a text, if others are left. */
export function guessLabel(columns: readonly ColumnProfile[]): string {
  const labels = columns.filter(canBeLabels);
  for (const names of USUAL) {
    const usual = labels.find(({ name }) => names.test(name));
    if (usual) return usual.name;
  }
  const few = labels.filter(({ distinct, counts }) => distinct <= FEW && 2 * distinct <= rowsIn(counts));
  const ends = [columns.at(-1), columns[0]];
  const end = ends.find((column) => column !== undefined && few.includes(column));
  const chosen = end ?? few.at(-1) ?? labels.findLast(({ kind }) => kind !== "number") ?? labels.at(-1);
  return (chosen ?? columns[columns.length - 1]).name;
}

function canBeLabels({ advice, kind, distinct }: ColumnProfile): boolean {
  return advice === "use" && kind !== "date" && kind !== "text" && distinct >= 2 && distinct <= MOST_NAMED;
}

function rowsIn(counts: ColumnProfile["counts"]): number {
  let rows = 0;
  for (const count of counts?.values() ?? []) rows += count;
  return rows;
}
