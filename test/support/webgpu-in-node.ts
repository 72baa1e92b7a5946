/** Sets navigator.gpu to Dawn's, from the optional package `webgpu`, and says which adapter the tests run on. */
import { provideWebGpu } from "../../bench/node-webgpu.ts";

await provideWebGpu();
const adapter = await navigator.gpu.requestAdapter();
if (!adapter) throw new Error("Dawn found no adapter here");
process.stdout.write(`Dawn, WebGPU adapter: ${adapter.info.vendor} ${adapter.info.description}\n`);
