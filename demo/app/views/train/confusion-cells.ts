/** The cells of a confusion matrix, and which of them are mistakes. */
import type { ClassificationReport } from "../../../../src/index.ts";

/** A cell, by the positions of its classes. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

/** A mistake and how often it was made. */
export interface Mistake extends Cell {
  readonly count: number;
}

/** What every way of showing the cells is given. */
export interface CellsProps {
  readonly report: ClassificationReport;
  readonly chosen: Cell | null;
  readonly onChoose: (cell: Cell) => void;
}

/** All mistakes that were made, the most frequent first. */
export function mistakesOf({ confusion }: ClassificationReport): Mistake[] {
  const { counts, classes: K } = confusion;
  const mistakes: Mistake[] = [];
  for (let at = 0; at < counts.length; at++) {
    const [truth, predicted, count] = [Math.floor(at / K), at % K, counts[at]];
    if (count > 0 && truth !== predicted) mistakes.push({ truth, predicted, count });
  }
  return mistakes.sort((a, b) => b.count - a.count);
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
