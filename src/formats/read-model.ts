/** A saved model from whichever of this library's own formats it is in. */
import { checkBytes, decodeUtf8 } from "./bytes.ts";
import { modelFromJson } from "./model-json.ts";
import { modelFromSafetensors } from "./model-safetensors.ts";
import type { SavedModel } from "./saved-model.ts";

/**
 * Reads a model out of JSON text, or out of bytes that are either that text in UTF-8 or a safetensors file.
 *
 * @throws FormatError  as {@link modelFromJson} and {@link modelFromSafetensors}
 */
export function readModel(source: Uint8Array | string): SavedModel {
  if (typeof source === "string") return modelFromJson(source);
  checkBytes(source, "model");
  return isSafetensors(source) ? modelFromSafetensors(source) : modelFromJson(decodeUtf8(source, "model"));
}

/** The length that safetensors begin with leaves zeros in its eight bytes, and text has no zeros. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8).includes(0);
}
