/**
 * The command in Node, on Dawn: measures as soon as it is loaded. `npm run bench -- --node` loads it through
 * Vite; vite.node.config.ts makes one plain file of it, for machines that have nothing but Node and WebGPU.
 */
import { runCommand } from "./command.ts";
import { runBenchmark } from "./measure/run-benchmark.ts";
import { provideWebGpu } from "./node-webgpu.ts";

process.exitCode = await runCommand(process.argv, async (plan, hooks) => {
  await provideWebGpu();
  return runBenchmark(plan, hooks);
});
