/** The cells of a confusion matrix, for those who show them. */
import type { ClassificationReport } from "../../../../src/index.ts";
import type { Cell, Findings } from "./findings.ts";

/** What every way of showing the cells is given. */
export interface CellsProps {
  readonly findings: Findings;
  readonly chosen: Cell | null;
  readonly onChoose: (cell: Cell) => void;
}

/** A cell in words. */
export function cellText({ classes }: ClassificationReport, { truth, predicted }: Cell): string {
  return truth === predicted
    ? `${classes[truth]} predicted right`
    : `${classes[truth]} taken for ${classes[predicted]}`;
}

/** Whether they are the same. */
export function isSame(a: Cell | null, b: Cell | null): boolean {
  return a?.truth === b?.truth && a?.predicted === b?.predicted;
}
