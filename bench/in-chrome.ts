/** The command `npm run bench`: serves a page to headless Chrome, lets it measure, and closes both; or runs in Node. */
import { cpus } from "node:os";
import { askPage } from "./ask-page.ts";
import { type Measure, runCommand } from "./command.ts";
import type { PageAnswer } from "./in-chrome-page.ts";
import type { BenchRecord, MachineRecord } from "./record.ts";

/** Packages of peers. */
const PEERS = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-backend-wasm",
  "@tensorflow/tfjs-backend-webgpu",
  "@jax-js/jax",
];

/** Runs the command and returns the exit code; undefined if the command has set it. */
export async function main(argv: readonly string[]): Promise<number | undefined> {
  if (!argv.includes("--node")) return runCommand(argv, measureInChrome);
  await import("./node.ts");
  return undefined;
}

const measureInChrome: Measure = async (plan, { signal, onProgress, onRecord }, say) => {
  const answer = await askPage<PageAnswer>(plan, {
    page: "bench/in-chrome-page.html",
    reports: {
      reportProgress: onProgress,
      reportRecord: (record: BenchRecord) => onRecord(withProcessor(record)),
    },
    bundled: plan.contenders.some((id) => !id.startsWith("own-")) ? PEERS : [],
    signal,
    say,
  });
  if ("error" in answer) throw new Error(answer.error);
  return withProcessor(answer.record);
};

/** Adds this machine's processor, whose name pages cannot read. */
export function withProcessor<T extends { readonly machine: MachineRecord }>(record: T): T {
  const cpu = cpus()[0]?.model;
  return cpu === undefined ? record : { ...record, machine: { ...record.machine, cpu } };
}
