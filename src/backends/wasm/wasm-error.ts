/** Errors of engines that refuse WebAssembly, with advice if a page's policy is the reason. */
import { wordsOf } from "../../device-error.ts";
import { DeviceError } from "../../errors.ts";

/**
 * Returns a DeviceError with the engine's reason. A page's policy makes Chromium and Firefox refuse to compile a module,
 * and WebKit to instantiate it.
 */
export function wasmError(what: string, cause: unknown): DeviceError {
  const words = wordsOf(cause);
  // Only the message tells: Chromium and WebKit name the directive, Firefox says "blocked by CSP".
  const isForbidden = /content security policy|\bCSP\b|unsafe-eval/i.test(words);
  const advice = isForbidden ? "; the page's policy needs 'wasm-unsafe-eval' in script-src" : "";
  return new DeviceError("device", `${what}: ${words}${advice}`, { cause });
}
