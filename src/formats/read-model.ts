/** A saved model from whichever of this library's own formats it is in. */
import { checkForeign } from "../data/foreign-file.ts";
import { checkBytes } from "./bytes.ts";
import { modelFromJson } from "./model-json.ts";
import { modelFromSafetensors } from "./model-safetensors.ts";
import type { SavedModel } from "./saved-model.ts";

/**
 * Reads a model out of JSON text, or out of bytes that are either that text in UTF-8 or a safetensors file.
 *
 * @throws FormatError  as {@link modelFromJson} and {@link modelFromSafetensors}; a file that stands in another's place
 */
export async function readModel(source: Uint8Array | string): Promise<SavedModel> {
  if (typeof source !== "string") checkBytes(source, "model");
  checkForeign(source, "model");
  return typeof source !== "string" && isSafetensors(source)
    ? modelFromSafetensors(source)
    : modelFromJson(source);
}

/** The length that safetensors begin with leaves zeros in its eight bytes, and text has no zeros. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8).includes(0);
}
