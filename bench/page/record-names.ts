/** Names of records: machine and date in tables and charts, and a file name. */
import { slug } from "../../demo/ui/save-file.ts";
import type { AdapterRecord, BenchRecord, MachineRecord } from "../record.ts";

export interface RecordName {
  readonly machine: string;
  /** To the minute, UTC. */
  readonly date: string;
}

export interface NamedRecords {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

export function adapterName({ vendor, architecture, device, description }: AdapterRecord): string {
  return description || [vendor, architecture, device].filter(Boolean).join(" ") || "GPU of unknown make";
}

/** Returns names for records side by side; a number distinguishes equal names. */
export function recordNames(records: readonly BenchRecord[]): RecordName[] {
  const seen = new Map<string, number>();
  return records.map((record) => {
    const machine = machineName(record.machine);
    const date = `${record.date.slice(0, 10)} ${record.date.slice(11, 16)} UTC`;
    const count = (seen.get(machine + date) ?? 0) + 1;
    seen.set(machine + date, count);
    return { machine: count > 1 ? `${machine} (${count})` : machine, date };
  });
}

/** Returns a file name of lower-case letters, digits and hyphens. */
export function fileName(record: BenchRecord): string {
  const words = `${machineName(record.machine)} ${record.date.slice(0, 16)}`;
  return `softmax-webgpu-bench-${slug(words).slice(-60).replace(/^-/, "")}.json`;
}

function machineName({ adapter, cpu, cores }: MachineRecord): string {
  if (!adapter) return cpu ?? `CPU with ${cores} cores`;
  return adapter.software ? `${adapterName(adapter)} (software)` : adapterName(adapter);
}
