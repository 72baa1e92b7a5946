/** The conformance check in this process: Node on Dawn, or an engine that has `navigator.gpu` already. */
import type { RunCheck } from "./check-command.ts";
import { checkConformance } from "./conformance/check.ts";
import { provideWebGpu } from "./node-webgpu.ts";

export const checkInNode: RunCheck = async (asked, hooks) => {
  const implementation = await provideWebGpu();
  const report = await checkConformance({ ...asked, ...hooks });
  if (implementation === null) return report;
  const { machine } = report;
  return { ...report, machine: { ...machine, agent: `${machine.agent}, ${implementation}` } };
};
