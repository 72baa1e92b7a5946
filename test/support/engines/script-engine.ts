/** Deno and Node as engines: a process that evaluates expressions which it reads from its standard input. */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { type Engine, EVALUATION_LIMIT } from "./engine.ts";
import { endProgram, lavapipeVariables, startProgram } from "./programs.ts";

const HOST = join(import.meta.dirname, "script-host.mjs");

/** Starts Deno, with WebGPU on lavapipe. */
export function launchDeno(path: string): Promise<Engine> {
  const variables = { ...lavapipeVariables(), DENO_NO_UPDATE_CHECK: "1" };
  return launch("Deno", "Deno.version.deno", path, ["run", "--allow-all", HOST], variables);
}

/** Starts Node. */
export function launchNode(path: string): Promise<Engine> {
  return launch("Node", "process.versions.node", path, [HOST], {});
}

async function launch(
  name: string,
  version: string,
  path: string,
  args: readonly string[],
  variables: Record<string, string>,
): Promise<Engine> {
  const child = startProgram(path, args, variables);
  let words = "";
  child.stderr.on("data", (chunk) => {
    words += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const evaluate = async (expression: string) => {
    child.stdin.write(`${JSON.stringify(expression)}\n`);
    const limit = setTimeout(() => child.kill("SIGKILL"), EVALUATION_LIMIT);
    const { value: line } = await lines.next();
    clearTimeout(limit);
    if (line === undefined) throw new Error(`${name} ended, or took too long: ${words}`);
    const { value, error } = JSON.parse(line);
    if (error) throw new Error(error);
    return value;
  };
  return {
    name,
    version: String(await evaluate(version)),
    open: async (url) => {
      await evaluate(`import(${JSON.stringify(pathToFileURL(url))}).then(() => null)`);
    },
    evaluate,
    close: () => endProgram(child),
  };
}
