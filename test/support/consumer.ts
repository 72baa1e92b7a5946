/**
 * A project of somebody who uses the package: it holds the packed tarball, and finds bundlers and compilers in the
 * folder above. Those are installed once per machine, outside this repository, because they are ten times as large as
 * what `npm ci` brings.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Exact versions, so that a new release of a bundler breaks no build here. */
const TOOLS = {
  "@rollup/plugin-node-resolve": "16.0.3",
  "@types/node": "20.19.43",
  "@webgpu/types": "0.1.74",
  esbuild: "0.28.2",
  parcel: "2.16.4",
  rollup: "4.68.8",
  typescript: "5.7.3",
  webpack: "5.113.0",
  "webpack-cli": "7.3.1",
};

/** Makes the project in a new folder, with the files given; returns the folder. */
export async function createConsumer(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(await installTools(), "project-"));
  const home = join(folder, "node_modules", "softmax-webgpu");
  await mkdir(home, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", folder]);
  await run("tar", ["-xzf", join(folder, stdout.trim()), "-C", home, "--strip-components=1"]);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** Runs a tool in a project. @throws Error with what the tool printed */
export async function runTool(folder: string, name: string, args: readonly string[]): Promise<string> {
  const bin = join(dirname(folder), "node_modules", ".bin", name);
  return runNode(folder, [bin, ...args]);
}

/** Runs a script in a project. @throws Error with what the script printed */
export async function runNode(folder: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(process.execPath, args, { cwd: folder })).stdout;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${args.join(" ")}\n${stdout}${stderr}`, { cause });
  }
}

async function installTools(): Promise<string> {
  const manifest = JSON.stringify({ private: true, dependencies: TOOLS });
  const hash = createHash("sha256").update(manifest).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `softmax-webgpu-tools-${hash}`);
  if (existsSync(folder)) return folder;
  // Under a name of its own until it is whole: an interrupted installation is not taken for one.
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished);
  await writeFile(join(unfinished, "package.json"), manifest);
  await run("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: unfinished,
  });
  await rename(unfinished, folder).catch(async (error) => {
    await rm(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}
