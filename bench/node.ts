/**
 * The commands in Node, on Dawn: run when this is loaded. `npm run bench -- --node` loads it through Vite;
 * vite.node.config.ts builds it into one plain file, for machines that have only Node and WebGPU: `node FILE …` measures,
 * `node FILE check …` runs the conformance check.
 */
import { runCheckCommand } from "./check-command.ts";
import { checkInNode } from "./check-in-node.ts";
import { runCommand } from "./command.ts";
import { runBenchmark } from "./measure/run-benchmark.ts";
import { provideWebGpu } from "./node-webgpu.ts";

const [engine, file, ...given] = process.argv;
process.exitCode =
  given[0] === "check"
    ? await runCheckCommand([engine, file, ...given.slice(1)], checkInNode)
    : await runCommand(process.argv, async (plan, hooks) => {
        await provideWebGpu();
        return runBenchmark(plan, hooks);
      });
