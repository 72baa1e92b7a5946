/** Runs the tests: in Node, in headless Chrome, in other engines and, if asked for, on Dawn in Node. */
import { defineConfig } from "vitest/config";
import { kernels } from "./src/backends/vite-plugin-kernels.ts";
import { commands, puppeteer } from "./test/support/puppeteer-provider.ts";

/** Whether tests that need real data can run; they say so when they cannot. */
const hasData = Boolean(process.env.DATA_DIR);

/** WebGPU's tests on another driver than Chrome's: in Node, on Dawn, where WEBGPU_IN_NODE is set. */
const dawn = {
  extends: true as const,
  test: {
    name: "dawn",
    include: [
      "test/backends/**/*.test.ts",
      "test/browser/{kernels*,sparse-kernels,sparse-trainer,tuner}.test.ts",
    ],
    setupFiles: ["test/support/webgpu-in-node.ts"],
    fileParallelism: false,
  },
};

export default defineConfig({
  plugins: [kernels()],
  test: {
    testTimeout: 120_000,
    provide: { hasData },
    projects: [
      { extends: true, test: { name: "node", include: ["test/{unit,backends,command}/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "engines",
          include: ["test/engines/*.test.ts"],
          fileParallelism: false,
          hookTimeout: 60_000,
        },
      },
      ...(process.env.WEBGPU_IN_NODE ? [dawn] : []),
      {
        extends: true,
        test: {
          name: "chrome",
          include: ["test/{backends,browser}/**/*.test.ts"],
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            provider: puppeteer(),
            instances: [{ browser: "chrome" }],
            commands,
            screenshotFailures: false,
          },
        },
      },
    ],
  },
});
