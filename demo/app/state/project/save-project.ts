/** Writes the session as a project file, in steps that keep the page responsive. */
import { Zip, ZipDeflate } from "fflate";
import { pause } from "../../../../src/pause.ts";
import { piecesOf } from "../kept/bytes.ts";
import { packDataset } from "../kept/pack-dataset.ts";
import type { BuiltInJson } from "../kept/packed.ts";
import { fileOf, runOf } from "../kept/session-run.ts";
import { linkedDataOf } from "../link.ts";
import type { Session } from "../session.ts";
import { DATA, FORMAT, MODEL, PROJECT, VERSION } from "./project-file.ts";

/** Bytes that are packed at a time: a few milliseconds. */
const PIECE = 2 ** 16;

/**
 * Returns the bytes of the file.
 *
 * @param hasRows whether the rows are in it; without them it holds the model, the columns and the options
 */
export async function projectOf(session: Session, hasRows: boolean): Promise<Blob> {
  const { signal } = new AbortController();
  const model = session.run.model;
  const run = runOf(session, false);
  const file = await fileOf(model);
  const dataset = session.dataset.peek();
  const builtIn = hasRows ? linkedDataOf(dataset) : null;
  const { json, arrays } = builtIn
    ? { json: { builtIn } satisfies BuiltInJson, arrays: [] }
    : await packDataset(dataset, hasRows && dataset.train.x.rows > 0, signal);
  const project = { format: FORMAT, version: VERSION, data: json, run };
  const archive = new Archive();
  await archive.add(PROJECT, [new TextEncoder().encode(JSON.stringify(project))]);
  if (file) await archive.add(MODEL, [file]);
  if (arrays.length > 0) await archive.add(DATA, arrays);
  return archive.end();
}

/** A zip archive that is written file after file. */
class Archive {
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #error: Error | null = null;
  readonly #zip = new Zip((error, piece) => {
    this.#error ??= error;
    this.#pieces.push(piece as Uint8Array<ArrayBuffer>);
  });

  async add(name: string, arrays: readonly ArrayBufferView<ArrayBuffer>[]): Promise<void> {
    const file = new ZipDeflate(name, { level: 1 });
    this.#zip.add(file);
    for await (const piece of piecesOf(arrays)) {
      for (let start = 0; start < piece.length; start += PIECE) {
        file.push(piece.slice(start, start + PIECE), false);
        await pause();
      }
    }
    file.push(new Uint8Array(), true);
  }

  end(): Blob {
    this.#zip.end();
    if (this.#error) throw this.#error;
    return new Blob(this.#pieces, { type: "application/zip" });
  }
}
