/** Reads a saved model in either of this library's formats. */
import { checkForeign } from "../data/foreign-file.ts";
import { checkBytes } from "./bytes.ts";
import { modelFromJson } from "./model-json.ts";
import { modelFromSafetensors } from "./model-safetensors.ts";
import type { SavedModel } from "./saved-model.ts";

/**
 * Reads a model from JSON text, or from bytes that are that text in UTF-8 or a safetensors file.
 *
 * @throws FormatError  as {@link modelFromJson} and {@link modelFromSafetensors}; a file that {@link checkForeign} refuses
 */
export async function readModel(source: Uint8Array | string): Promise<SavedModel> {
  if (typeof source !== "string") checkBytes(source, "model");
  checkForeign(source, "model");
  return typeof source !== "string" && isSafetensors(source)
    ? modelFromSafetensors(source)
    : modelFromJson(source);
}

/** Tells safetensors from text: the length in its first eight bytes has bytes of 0, and text has none. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8).includes(0);
}
