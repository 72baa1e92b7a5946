/** The built package in every engine that is installed here: the same checks in each of them. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { buildChecks } from "../support/engines/build-checks.ts";
import type { Engine, EngineKind } from "../support/engines/engine.ts";
import { ALL_ENGINES, ARE_REQUIRED } from "../support/engines/kinds.ts";
import { type Policy, type Site, serveSite } from "../support/engines/site.ts";
import { CHECKS, type Group } from "./checks/checks.ts";
import type { Device } from "./checks/given.ts";

const CHECKS_FOLDER = join(tmpdir(), `softmax-webgpu-checks-${randomUUID()}`);

let site: Site;

beforeAll(async () => {
  await buildChecks(CHECKS_FOLDER);
  site = await serveSite({ checks: CHECKS_FOLDER, dist: resolve("dist") });
});

afterAll(async () => {
  site.close();
  await rm(CHECKS_FOLDER, { recursive: true, force: true });
});

type Step = readonly [Group, Device, Policy];

const EVERYWHERE: readonly Step[] = [
  ["what the engine contributes", "wasm", "strict"],
  ["a device by rule", "auto", "strict"],
  ["the WebAssembly backend", "wasm", "strict"],
  ["fits", "auto", "strict"],
];

const ON_WEBGPU: readonly Step[] = [
  ["a device by rule", "auto", "strict"],
  ["the WebGPU backend", "webgpu", "strict"],
  ["fits", "webgpu", "strict"],
];

const IN_PAGES: readonly Step[] = [
  ["threads", "wasm", "plain"],
  ["threads", "wasm", "isolated"],
  ["a page that forbids blobs", "wasm", "without-blobs"],
  ["a page that forbids WebAssembly", "auto", "without-wasm"],
];

/** Returns what runs in an engine: groups of checks, each with a device and the policy of its page. */
function plan({ hasPages, webGpu }: EngineKind): readonly Step[] {
  if (webGpu === "only") return ON_WEBGPU;
  const all = [...EVERYWHERE, ...(hasPages ? IN_PAGES : [])];
  if (webGpu === "tested") return all;
  return webGpu === "adapter"
    ? [...all, ...ON_WEBGPU.slice(1)]
    : [...all, ["without WebGPU", "webgpu", "strict"]];
}

describe.each(ALL_ENGINES.map((kind) => [kind.name, kind] as const))("%s", (name, kind) => {
  const path = kind.find();
  if (path === null) {
    const words = `${name} is not installed (${kind.install})`;
    test.skipIf(!ARE_REQUIRED)(words, () => expect.fail(words));
    return;
  }

  const base = (policy: Policy) =>
    kind.hasPages ? site.address(policy, "dist/") : pathToFileURL(`${resolve("dist")}/`).href;

  let engine: Engine;
  let opened: Policy | null = null;
  let ran = 0;

  beforeAll(async () => {
    engine = await kind.launch(path);
  });

  afterAll(async () => {
    const words = await engine.evaluate(`describeEngine(${JSON.stringify(base(opened ?? "plain"))})`);
    process.stdout.write(`${name} ${engine.version} (${words}): ${ran} checks of the package ran\n`);
    await engine.close();
  });

  async function open(policy: Policy): Promise<void> {
    if (opened === policy) return;
    await engine.open(kind.hasPages ? site.address(policy) : join(CHECKS_FOLDER, "checks.js"));
    // An engine may call a page loaded before its module scripts ran.
    await vi.waitUntil(() => engine.evaluate("'runCheck' in globalThis"), { timeout: 30_000 });
    opened = policy;
  }

  describe.each(plan(kind))("%s (%s, page %s)", (group, device, policy) => {
    test.each(Object.keys(CHECKS[group]))("%s", async (check) => {
      await open(policy);
      const args = [base(policy), group, check, device].map((value) => JSON.stringify(value));
      expect(await engine.evaluate(`runCheck(${args})`)).toBeNull();
      ran++;
    });
  });
});
