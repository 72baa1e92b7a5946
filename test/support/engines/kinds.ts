/** The engines that tests run the package in, if they are installed. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { EngineKind } from "./engine.ts";
import { findLavapipe, findProgram } from "./programs.ts";
import { launchDeno, launchNode } from "./script-engine.ts";
import { findWebKit, launchWebKit } from "./webkit.ts";
import { launchChromium, launchFirefox, launchFirefoxWithWebGpu } from "./with-puppeteer.ts";

/** Debian's name is the first; Ubuntu has the second. */
const findFirefox = () => findProgram("firefox-esr", "firefox");

function findDeno(): string | null {
  const installed = resolve("node_modules", ".bin", process.platform === "win32" ? "deno.cmd" : "deno");
  return existsSync(installed) ? installed : findProgram("deno");
}

export const CHROMIUM: EngineKind = {
  name: "Chromium",
  hasPages: true,
  webGpu: "tested",
  install: "apt-get install chromium",
  // Found when it starts, or installed then.
  find: () => "",
  launch: launchChromium,
};

export const FIREFOX: EngineKind = {
  name: "Firefox",
  hasPages: true,
  webGpu: "none",
  install: "apt-get install firefox-esr",
  find: findFirefox,
  launch: launchFirefox,
};

export const FIREFOX_WITH_WEBGPU: EngineKind = {
  name: "Firefox with WebGPU",
  hasPages: true,
  webGpu: "only",
  install: "apt-get install firefox-esr mesa-vulkan-drivers",
  find: () => (findLavapipe() ? findFirefox() : null),
  launch: launchFirefoxWithWebGpu,
};

export const WEBKIT: EngineKind = {
  name: "WebKitGTK",
  hasPages: true,
  webGpu: "none",
  install: "apt-get install webkit2gtk-driver xvfb",
  find: findWebKit,
  launch: launchWebKit,
};

export const DENO: EngineKind = {
  name: "Deno",
  hasPages: false,
  webGpu: "adapter",
  install: "npm install --no-save deno && apt-get install mesa-vulkan-drivers",
  find: () => (findLavapipe() ? findDeno() : null),
  launch: launchDeno,
};

export const NODE: EngineKind = {
  name: "Node",
  hasPages: false,
  webGpu: "none",
  install: "https://nodejs.org",
  find: () => process.execPath,
  launch: launchNode,
};

/** Whether an engine that is missing fails the tests, and is not only named as skipped. */
export const ARE_REQUIRED = process.env.ENGINES === "all";

export const ALL_ENGINES: readonly EngineKind[] = [
  CHROMIUM,
  FIREFOX,
  FIREFOX_WITH_WEBGPU,
  WEBKIT,
  DENO,
  NODE,
];
