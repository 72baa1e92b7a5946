/**
 * Describes the machine that is measured: the runtime, the processor if it is known, and the GPU as WebGPU names it.
 */

import { settlesWithin } from "../../src/backends/waiting.ts";
import { describeAdapter, TIME_LIMIT } from "../../src/backends/webgpu/request-device.ts";
import { DeviceError } from "../../src/errors.ts";
import type { AdapterRecord, MachineRecord } from "../record.ts";

/** Describes this machine, in a page or in Node; without its GPU if WebGPU fails. */
export async function describeMachine(): Promise<MachineRecord> {
  const adapter = await describeGpu().catch(() => null);
  const node = globalThis.process?.versions?.node;
  if (!node) {
    return { runtime: "browser", agent: navigator.userAgent, cores: navigator.hardwareConcurrency, adapter };
  }
  const { arch, platform } = globalThis.process;
  // Not an import, because pages load this module too.
  const { cpus } = globalThis.process.getBuiltinModule("node:os");
  const cpu = cpus()[0]?.model;
  // Deno says which Node it is like.
  const { deno } = globalThis.process.versions;
  const engine = deno ? `Deno ${deno}` : `Node ${node}`;
  return {
    runtime: "node",
    agent: `${engine}, ${platform} ${arch}`,
    ...(cpu !== undefined && { cpu }),
    cores: cpus().length,
    adapter,
  };
}

/**
 * Describes the adapter that the library would take; null without one.
 *
 * @throws DeviceError  no answer in time
 */
export async function describeGpu(): Promise<AdapterRecord | null> {
  const gpu = globalThis.navigator?.gpu;
  const asked = Promise.resolve(gpu?.requestAdapter({ powerPreference: "high-performance" }));
  if (!(await settlesWithin(asked, TIME_LIMIT)))
    throw new DeviceError("device", `WebGPU did not answer within ${TIME_LIMIT / 1000} seconds`);
  const adapter = await asked;
  if (!adapter) return null;
  const { info, software } = await describeAdapter(adapter);
  const { vendor = "", architecture = "", device = "", description = "" } = info ?? {};
  return {
    vendor,
    architecture,
    device,
    description,
    software,
    features: [...adapter.features].sort(),
    limits: limitsOf(adapter.limits),
  };
}

/** Copies the limits into a plain object: they are getters of a prototype, which JSON leaves out. */
function limitsOf(limits: GPUSupportedLimits): Record<string, number> {
  const names = Object.keys(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(limits)));
  const entries = names.map((name) => [name, Reflect.get(limits, name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "number"));
}
