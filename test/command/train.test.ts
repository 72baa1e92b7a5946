/** `npm run train` as a person or a script would call it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JobResult } from "../../demo/headless/job.ts";
import { hasData } from "../support/real-data.ts";

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command; `watch` sees standard error grow and may send signals. */
async function train(
  args: readonly string[],
  watch?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Outcome> {
  const child = spawn(process.execPath, ["build/run.mjs", "demo/headless/train.ts", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
    watch?.(output.stderr, (signal) => child.kill(signal));
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

test("embedded digits on WebGPU: says the adapter, every epoch and rows/s, ends with one line of JSON", async () => {
  const { code, stdout, stderr } = await train(["--epochs", "2", "--json"]);
  expect(stderr).toMatch(/^WebGPU: \S+/m);
  expect(stderr).toMatch(/^epoch 2\/2 {2}loss 0\.\d+ {2}accuracy 0\.\d+ .* rows\/s$/m);
  expect(stderr).toMatch(/^test {3}accuracy/m);
  expect(code).toBe(0);
  const lines = stdout.trim().split("\n");
  expect(lines.length).toBe(1);
  const result = JSON.parse(lines[0]) as JobResult;
  expect(result.test.accuracy).toBeGreaterThan(0.85);
  expect(result.test.objective).toBeGreaterThan(result.test.loss);
  expect(result.rows).toBe(40_000);
  expect(result.seconds).toBeGreaterThan(0);
});

describe.skipIf(!hasData)("MNIST, 5 epochs, defaults", () => {
  for (const device of ["webgpu", "wasm", "reference"]) {
    test(`${device}: at least 0.915 of the test images are recognised`, async () => {
      const { code, stdout } = await train([
        "--data",
        join(process.env.DATA_DIR ?? "", "mnist"),
        "--epochs",
        "5",
        "--device",
        device,
        "--json",
      ]);
      expect(code).toBe(0);
      expect((JSON.parse(stdout) as JobResult).test.accuracy).toBeGreaterThanOrEqual(0.915);
    });
  }
});

test("every option reaches the estimator", async () => {
  const flags = [
    "--device",
    "reference",
    "--solver",
    "sgd",
    "--epochs",
    "1",
    "--batch-size",
    "20000",
    "--learning-rate",
    "inverse:0.25:10",
  ];
  const more = ["--momentum", "0", "--nesterov", "--l2", "0.5", "--no-bias", "--seed", "3", "--json"];
  const { code, stdout, stderr } = await train([...flags, ...more]);
  expect(code).toBe(0);
  expect(stderr).toContain("rate 0.250");
  // One step from zero over all rows: the loss before it is log 10, the penalty afterwards is what l2 says.
  expect(stderr).toContain(`loss ${Math.log(10).toFixed(4)}`);
  const { train: seen } = JSON.parse(stdout) as JobResult;
  expect(seen.objective - seen.loss).toBeGreaterThan(0);
});

test("Ctrl-C stops the training, closes the browser and exits with 130", async () => {
  let isSent = false;
  const { code, stderr } = await train(["--epochs", "500", "--json"], (text, kill) => {
    if (!isSent && text.includes("epoch   2/500")) {
      isSent = true;
      kill("SIGINT");
    }
  });
  expect(stderr).toContain("Stopped.");
  expect(code).toBe(130);
});

test("Ctrl-C while the browser starts ends it as well", async () => {
  let isSent = false;
  const { code, stderr } = await train(["--json"], (text, kill) => {
    if (!isSent && text.includes("headless")) {
      isSent = true;
      kill("SIGINT");
    }
  });
  expect(stderr).toContain("Stopped.");
  expect(stderr).not.toContain("epoch 10/10");
  expect(code).toBe(130);
});

describe("complaints name what is wrong, in one line, before anything starts", () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--l2", "-1"], /^l2: expected a finite float32 ≥ 0, got -1$/m],
    [["--momentum", "1"], /^momentum: expected a number in \[0, 1\)/m],
    [["--epochs", "many"], /It is not a number/],
    [["--learning-rate", "fast"], /none of auto, RATE/],
    [["--device", "abacus"], /Allowed choices are webgpu, auto, wasm, reference/],
    [["--speed", "9"], /unknown option '--speed'/],
    [["--data", "/no/such/folder"], /\/no\/such\/folder/],
  ];
  for (const [args, message] of cases) {
    test(args.join(" "), async () => {
      const { code, stdout, stderr } = await train(["--device", "reference", ...args]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stdout).not.toContain("epoch");
      expect(code).toBe(1);
    });
  }

  test("a broken file says which and why", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idx-"));
    try {
      for (const part of ["train", "t10k"]) {
        await writeFile(join(folder, `${part}-images-idx3-ubyte`), Uint8Array.of(0, 0, 8, 9));
        await writeFile(join(folder, `${part}-labels-idx1-ubyte`), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5));
      }
      const { code, stderr } = await train(["--device", "reference", "--data", folder]);
      expect(stderr).toMatch(/images: .*magic/i);
      expect(code).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
