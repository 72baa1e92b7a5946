/** Which library a contender is, on which device, and its name for people. */
import { shapeText } from "../measure/text.ts";
import type { BenchShape, FailureRecord } from "../record.ts";
import { OWN, PEERS } from "./choices.ts";

/** The library itself, as records name it. */
export const OWN_NAME = "softmax-webgpu";
/** The other libraries, as records name them. */
export const PEER_NAMES = ["TF.js", "jax-js"] as const;

const DEVICES: Readonly<Record<string, string>> = { webgpu: "WebGPU", wasm: "WebAssembly" };

/** Returns the library of a contender such as `"TF.js 4.22.0 webgpu"`. */
export function libraryOf(contender: string): string {
  return contender.split(" ", 1)[0];
}

/** Returns whether a contender computes through WebGPU. */
export function usesWebgpu(contender: string): boolean {
  return /\swebgpu\b/.test(contender);
}

/** Returns a name without a version: `"TF.js 4.22.0 webgpu"` is `"TF.js, WebGPU"`. */
export function contenderLabel(contender: string): string {
  const [, library, device, rest] = /^(\S+) \d\S* (webgpu|wasm)\b(.*)$/.exec(contender) ?? [];
  return library ? `${library}, ${DEVICES[device]}${rest}` : contender;
}

/** Returns the number of threads in a contender's name; null if it says none. */
export function threadsOf(contender: string): number | null {
  const [, threads] = /, (\d+) threads?$/.exec(contender) ?? [];
  return threads === undefined ? null : Number(threads);
}

/** A contender that could not be measured. */
export interface FailedContender {
  readonly label: string;
  /** null if it failed before any storage was chosen. */
  readonly storage: string | null;
}

/**
 * Returns the contender that a failure is about, at a shape.
 *
 * @returns null if it is about another part or shape
 */
export function failedContender({ what }: FailureRecord, shape: BenchShape): FailedContender | null {
  const option = [...OWN, ...PEERS].find(({ id }) => id === what);
  if (option) {
    const label = option.id.startsWith("own") ? `${OWN_NAME}, ${option.label}` : option.label;
    return { label, storage: null };
  }
  const end = `, at ${shapeText(shape)}`;
  if (!what.endsWith(end)) return null;
  const [, contender, storage] = /^(.*), (f32|f16|u8)$/s.exec(what.slice(0, -end.length)) ?? [];
  return contender === undefined
    ? { label: contenderLabel(what.slice(0, -end.length)), storage: null }
    : { label: contenderLabel(contender), storage };
}
