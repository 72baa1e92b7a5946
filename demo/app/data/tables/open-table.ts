/** Tables as data sets: read to the end, split, and encoded by what the training rows tell. */
import type { DemoDataset } from "../demo-dataset.ts";
import type { NamedFile, OpenContext, TableChoices } from "../open-context.ts";

/** Opens a table of any format. */
export declare function openTable(
  file: NamedFile,
  choices: TableChoices,
  context: OpenContext,
): Promise<DemoDataset>;
