/**
 * Describes the machine that is measured: the runtime, the processor if it is known, and the GPU as WebGPU names it.
 */
import type { AdapterRecord, MachineRecord } from "../record.ts";

/** Describes this machine, in a page or in Node. */
export async function describeMachine(): Promise<MachineRecord> {
  const adapter = await describeAdapter();
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

/** Describes the adapter that the library would take; null without one. */
async function describeAdapter(): Promise<AdapterRecord | null> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return null;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  return {
    vendor,
    architecture,
    device,
    description,
    software: isFallbackAdapter,
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
