/** Learns classes from labels, and encodes labels, in one call each. */
import {
  checkLabelCount,
  type Label,
  type LabelsLike,
  learnClasses as learnFrom,
  openLabels,
} from "../../src/data/labels.ts";
import { encodeTargets as encode } from "../../src/data/targets.ts";

function open(y: LabelsLike, rows: number, argument: string) {
  const given = openLabels(y, argument);
  checkLabelCount(given, rows, argument);
  return given;
}

/** Returns the targets of `y` for these classes. */
export async function encodeTargets(
  y: LabelsLike,
  classes: readonly Label[],
  rows: number,
  argument: string,
) {
  return (await encode(open(y, rows, argument), classes, { argument })).targets;
}

/** Returns the classes of `y`, and its targets for them. */
export async function learnClasses(y: LabelsLike, rows: number, argument: string) {
  const classes = await learnFrom(open(y, rows, argument), { argument });
  return { classes, targets: await encodeTargets(y, classes, rows, argument) };
}
