/**
 * The backends that shared tests run on: the reference and WebAssembly everywhere, WebGPU if there is one. Tests treat
 * them alike.
 */
import { afterAll } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { ReferenceBackend } from "../../src/backends/reference/backend.ts";
import { WasmBackend } from "../../src/backends/wasm/backend.ts";
import { supportedBuilds } from "../../src/backends/wasm/kernel-builds.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/backend.ts";

/** A backend under test. */
export interface BackendCase {
  readonly name: string;
  /** Value of the estimator's option `device`. */
  readonly device: "reference" | "wasm" | "webgpu";
  /** Relative precision of the backend's arithmetic. */
  readonly epsilon: number;
  open(): Promise<Backend>;
  /** Returns the name: `%s` in the title of a table of tests. */
  toString(): string;
}

/** Names the case in titles. */
function named(one: Omit<BackendCase, "toString">): BackendCase {
  return { ...one, toString: () => one.name };
}

const REFERENCE = named({
  name: "reference",
  device: "reference",
  epsilon: 2 ** -52,
  open: async () => new ReferenceBackend(),
});

/** WebAssembly in the builds that this engine supports: Node 20 has no relaxed SIMD. */
const WASM = supportedBuilds().map((build) =>
  named({
    name: `wasm ${build}`,
    device: "wasm",
    epsilon: 2 ** -24,
    open: () => WasmBackend.open({ build }),
  }),
);

/** Two workers for every step, however small. */
const WASM_THREADED = named({
  ...WASM[0],
  name: "wasm on two threads",
  open: () => WasmBackend.open({ threads: 2 }),
});

const WEBGPU = named({
  name: "webgpu",
  device: "webgpu",
  epsilon: 2 ** -24,
  open: () => WebGpuBackend.open(),
});

/** Small buffers, so that data sets are cut into several chunks. */
const WEBGPU_CHUNKED = named({
  ...WEBGPU,
  name: "webgpu in chunks of 4 KiB",
  open: () => WebGpuBackend.open({ maxChunkBytes: 4096 }),
});

const hasWebGpu = Boolean(globalThis.navigator?.gpu);

/** Backends that can be opened here. */
export const BACKENDS: readonly BackendCase[] = hasWebGpu
  ? [REFERENCE, ...WASM, WASM_THREADED, WEBGPU, WEBGPU_CHUNKED]
  : [REFERENCE, ...WASM, WASM_THREADED];

/** Opens all of them for the tests of the file that calls this; they are disposed of after those. */
export async function openBackends() {
  const opened = await Promise.all(BACKENDS.map(async (one) => ({ ...one, backend: await one.open() })));
  afterAll(() => {
    for (const { backend } of opened) backend.dispose();
  });
  return opened;
}

/** Devices that the estimator can use here. */
export const DEVICES: readonly BackendCase[] = hasWebGpu
  ? [REFERENCE, WASM[0], WEBGPU]
  : [REFERENCE, WASM[0]];
