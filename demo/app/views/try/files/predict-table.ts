/** Predicts the rows of a table that has the columns of the one that was learnt from. */
import { FormatError } from "../../../../../src/index.ts";
import { formatCount } from "../../../../ui/format.ts";
import { inBlocks } from "../../../data/arrays.ts";
import { type NamedFile, nameOf, type OpenContext } from "../../../data/open-context.ts";
import { answerToTerms, termsOfRow } from "../../../data/row-terms.ts";
import type { TableEncoder } from "../../../data/tables/encoder.ts";
import { type TableBlock, transformTable } from "../../../data/tables/transform-table.ts";
import type { ModelInUse } from "../../../state/run-records.ts";
import { type Limits, NO_LIMITS } from "../decide.ts";
import { CellCheck } from "./cell-check.ts";
import type { PredictedFile } from "./file-prediction.ts";
import { PredictionsCsv } from "./predictions-csv.ts";

/** Steps of the arithmetic for a row that take as long as those of one element in `inBlocks`. */
const STEPS = 4;

/**
 * Returns `<name>-predictions.csv` with all columns of the file and the predictions. Rows are predicted block by block:
 * memory does not grow with the file, except for what the browser keeps of the result. Of a row that is too unsure by
 * `limits`, the prediction is empty. Default: none is.
 *
 * @throws FormatError a file without rows; what `transformTable` refuses, with the row
 */
export async function predictTable(
  file: NamedFile,
  encoder: TableEncoder,
  { model, snapshot }: Pick<ModelInUse, "model" | "snapshot">,
  context: OpenContext,
  limits: Limits = NO_LIMITS,
): Promise<PredictedFile> {
  const { temperature } = model;
  const { classes } = snapshot;
  let csv: PredictionsCsv | null = null;
  let check: CellCheck | null = null;
  let rows = 0;
  for await (const block of transformTable(encoder, file, context)) {
    csv ??= new PredictionsCsv(block.header, classes, limits);
    check ??= new CellCheck(encoder, block.header);
    for (const cells of block.cells) check.add(cells);
    csv.add(await predictedRows(block, snapshot, temperature, context.signal));
    rows += block.cells.length;
  }
  if (!csv || !check || rows === 0) throw new FormatError(file.path, "has no rows below its header");
  return {
    name: `${nameOf(file).replace(/\.(gz$|[^.]+(\.gz)?$)/i, "")}-predictions.csv`,
    content: csv.finish(),
    summary: summaryOf(rows, csv.remark, check),
  };
}

async function predictedRows(
  { x, cells }: TableBlock,
  snapshot: ModelInUse["snapshot"],
  temperature: number,
  signal: AbortSignal,
) {
  const predicted: { cells: readonly string[]; probabilities: Float64Array }[] = [];
  const predict = (row: number) => {
    const { probabilities } = answerToTerms(termsOfRow(x, row), snapshot, temperature);
    predicted.push({ cells: cells[row], probabilities });
  };
  const steps = Math.min(x.cols, 2 ** 10) * snapshot.classes.length;
  await inBlocks(cells.length, signal, predict, Math.ceil(steps / STEPS));
  return predicted;
}

function summaryOf(rows: number, remark: string, { unreadable, unknown }: CellCheck): string {
  const some = (count: number, one: string, many: string) =>
    count === 0 ? "" : count === 1 ? ` 1 row ${one}.` : ` ${formatCount(count)} rows ${many}.`;
  return (
    (rows === 1 ? "1 row is predicted." : `${formatCount(rows)} rows are predicted.`) +
    remark +
    some(
      unreadable,
      "has a cell that cannot be read and counts as missing",
      "have cells that cannot be read and count as missing",
    ) +
    some(
      unknown,
      "has a value that training rows did not have",
      "have values that training rows did not have",
    )
  );
}
