/** `npm run docs`: the reference that is made from the docstrings. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("has pages of the estimator, the other entries and the recipes, without a warning", async () => {
  const folder = await mkdtemp(join(tmpdir(), "docs-"));
  try {
    const args = ["run", "--silent", "docs", "--", "--out", folder];
    const { stdout, stderr } = await promisify(execFile)("npm", args);
    expect(`${stdout}${stderr}`).not.toMatch(/\[(warning|error)\]/);
    const read = (...path: string[]) => readFile(join(folder, ...path), "utf8");
    expect(await read("classes", "softmax-webgpu.SoftmaxRegression.html")).toContain("predictProba");
    expect(await read("classes", "softmax-webgpu_webgpu.WebGpuBackend.html")).toContain("createTrainer");
    expect(await read("functions", "softmax-webgpu_digits.strokeDigits.html")).toContain("rows");
    expect(await read("classes", "softmax-webgpu_text.TextClassifier.html")).toContain("topFeatures");
    expect(await read("documents", "recipes.html")).toContain("Choosing λ");
    expect(await read("index.html")).toContain("two commands");
  } finally {
    await rm(folder, { recursive: true });
  }
});
