/** Which column of a table is offered as the labels, from what its first rows show. Reads no file. */

/** One column, as far as the first rows show it. */
export interface CsvColumn {
  readonly name: string;
  /** Whether all its cells but the missing ones are numbers. */
  readonly isNumeric: boolean;
}

const USUAL_NAMES = [/^(labels?|class|classes|target|species|category|digit)$/i, /^y$/i];

/** The column that is most likely the labels: by its name, else the last of text, else the last. */
export function likelyLabel(columns: readonly CsvColumn[]): string {
  for (const names of USUAL_NAMES) {
    const usual = columns.find(({ name }) => names.test(name));
    if (usual) return usual.name;
  }
  return (columns.findLast(({ isNumeric }) => !isNumeric) ?? columns[columns.length - 1]).name;
}
