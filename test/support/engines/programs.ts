/** Programs on this machine: where they are, and how they are started and ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const DRIVERS = "/usr/share/vulkan/icd.d";

/** Returns the path of the first of these programs that is installed, or null. */
export function findProgram(...names: readonly string[]): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Returns the description of Mesa's software driver for Vulkan, lavapipe, or null if it is not installed. */
export function findLavapipe(): string | null {
  if (!existsSync(DRIVERS)) return null;
  const name = readdirSync(DRIVERS).find((file) => /^lvp_icd\b.*\.json$/.test(file));
  return name ? join(DRIVERS, name) : null;
}

/** Returns variables that let Vulkan find lavapipe and no other driver: times and results do not depend on a GPU. */
export function lavapipeVariables(): Record<string, string> {
  const driver = findLavapipe();
  // The second name is that of Vulkan loaders before 1.3.207.
  return driver ? { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } : {};
}

/** Starts a program in a process group of its own, so that it can be ended with all that it starts. */
export function startProgram(path: string, args: readonly string[], variables: Record<string, string>) {
  return spawn(path, args, {
    detached: true,
    env: { ...process.env, ...variables },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Ends a program and all that it started. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  await ended;
}
