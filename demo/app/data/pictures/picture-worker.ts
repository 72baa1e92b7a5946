/** Decodes pictures in a Worker, one at a time, so that the page never waits for a large one. */
import type { ImageShape } from "../demo-dataset.ts";
import type { PictureFit } from "./picture-fit.ts";
import { pictureRow } from "./picture-row.ts";

/** A file to decode. */
export interface PictureTask {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly shape: ImageShape;
  readonly fit: PictureFit;
}

/** The row of a file; null if it cannot be decoded. */
export type PictureAnswer = Uint8Array | null;

/** The port of a Worker, which the types of pages do not have. */
interface Port {
  postMessage(answer: PictureAnswer): void;
}

const port = globalThis as unknown as Port;

addEventListener("message", ({ data: { bytes, shape, fit } }: MessageEvent<PictureTask>) => {
  pictureRow(new Blob([bytes]), shape, fit).then(
    (row) => port.postMessage(row),
    () => port.postMessage(null),
  );
});
