/** Runs in Deno or Node: reads expressions from stdin, a line of JSON each, and answers each with a line of JSON. */
import process from "node:process";
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await evaluate(JSON.parse(line)).catch((error) => ({
    error: String(error?.stack ?? error),
  }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Evaluates in the global scope. */
async function evaluate(expression) {
  // biome-ignore lint/security/noGlobalEval: the expressions are those of the tests
  return { value: await globalThis.eval(expression) };
}
