/** Predicts picture files, and shows one to the model. */
import { FormatError } from "../../../../../src/index.ts";
import { formatCount } from "../../../../ui/format.ts";
import type { DemoDataset, ImageShape } from "../../../data/demo-dataset.ts";
import type { NamedFile, OpenContext } from "../../../data/open-context.ts";
import { someOf } from "../../../data/open-dataset.ts";
import { createPictureReader } from "../../../data/pictures/picture-reader.ts";
import { answerToTerms, termsOfRow } from "../../../data/row-terms.ts";
import type { ModelInUse } from "../../../state/run-records.ts";
import type { Limits } from "../decide.ts";
import { fitOf, rowOfBytes } from "../picture-row.ts";
import type { ImageStyle } from "../raster.ts";
import type { PredictedFile } from "./file-prediction.ts";
import { PredictionsCsv } from "./predictions-csv.ts";

/** The data set that pictures are to be like, and what their answers count as. */
interface Target {
  readonly dataset: DemoDataset;
  readonly image: ImageShape;
  readonly style: ImageStyle;
  readonly limits: Limits;
}

/** Returns the row x `[D]` of a picture file. @throws FormatError a file that cannot be decoded */
export async function readPicture(
  { path, file }: NamedFile,
  target: Omit<Target, "limits">,
): Promise<Float32Array> {
  const reader = createPictureReader(target.image, fitOf(target.dataset));
  try {
    const bytes = await reader.read(file);
    if (typeof bytes === "string") throw new FormatError(path, bytes);
    return rowOfBytes(bytes, target.dataset, target.image, target.style);
  } finally {
    reader.dispose();
  }
}

/**
 * Returns `pictures-predictions.csv` with the path of each picture and the predictions. Broken ones are left out and
 * named.
 *
 * @throws FormatError no picture can be decoded
 */
export async function predictPictures(
  files: readonly NamedFile[],
  target: Target,
  { model, snapshot }: Pick<ModelInUse, "model" | "snapshot">,
  { signal, onProgress }: OpenContext,
): Promise<PredictedFile> {
  const reader = createPictureReader(target.image, fitOf(target.dataset));
  const csv = new PredictionsCsv(["path"], snapshot.classes, target.limits);
  const broken: string[] = [];
  try {
    for (let first = 0; first < files.length; first += reader.together) {
      signal.throwIfAborted();
      const some = files.slice(first, first + reader.together);
      const read = await Promise.all(some.map(({ file }) => reader.read(file)));
      for (const [i, bytes] of read.entries()) {
        const { path } = some[i];
        if (typeof bytes === "string") {
          broken.push(`${path} ${bytes}`);
          continue;
        }
        const x = rowOfBytes(bytes, target.dataset, target.image, target.style);
        const terms = termsOfRow({ data: x, rows: 1, cols: x.length }, 0);
        const { probabilities } = answerToTerms(terms, snapshot, model.temperature);
        csv.add([{ cells: [path], probabilities }]);
      }
      const done = first + some.length;
      const text = `Predicting pictures: ${formatCount(done)} of ${formatCount(files.length)}`;
      onProgress({ text, share: done / files.length });
    }
  } finally {
    reader.dispose();
  }
  const predicted = files.length - broken.length;
  if (predicted === 0)
    throw new FormatError(files[0]?.path ?? "pictures", `none can be read: ${someOf(broken)}`);
  const leftOut = broken.length > 0 ? ` Left out: ${someOf(broken)}.` : "";
  return {
    name: "pictures-predictions.csv",
    content: csv.finish(),
    summary: `${formatCount(predicted)} ${predicted === 1 ? "picture is" : "pictures are"} predicted.${csv.remark}${leftOut}`,
  };
}
