/**
 * The command in Node, on Dawn: runs when it is loaded. `npm run bench -- --node` loads it through Vite;
 * vite.node.config.ts builds it into one plain file, for machines that have only Node and WebGPU.
 */
import { runCommand } from "./command.ts";
import { runBenchmark } from "./measure/run-benchmark.ts";
import { provideWebGpu } from "./node-webgpu.ts";

process.exitCode = await runCommand(process.argv, async (plan, hooks) => {
  await provideWebGpu();
  return runBenchmark(plan, hooks);
});
