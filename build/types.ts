/**
 * Bundles the declarations of every entry into one file, which compiles in any project: with WebGPU's types or without,
 * with a DOM library, with Node's types, or with none of them.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type RollupLog, rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** Types of browsers in the public declarations, beside those of WebGPU. */
const BROWSER_TYPES = ["AbortSignal", "Blob", "Response", "URL"];

/** The estimator's class has private fields, so that a second declaration of it would be another type. */
const ESTIMATOR = fileURLToPath(new URL("../src/softmax-regression.ts", import.meta.url));

/** Writes `NAME.d.ts` for every entry into a folder. @throws Error declarations that do not compile */
export async function bundleTypes(entries: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const plugins = [dts({ tsconfig: "tsconfig.build.json", compilerOptions: { declarationMap: false } })];
  for (const [name, input] of Object.entries(entries)) {
    const external = name === "index" ? [] : [ESTIMATOR];
    const bundle = await rollup({ input, plugins, external, onLog: refuse });
    const { output } = await bundle.generate({ format: "es", paths: { [ESTIMATOR]: "./index.js" } });
    await bundle.close();
    await writeFile(`${folder}${name}.d.ts`, withFallbacks(output[0].code));
  }
}

function refuse(_level: string, { message }: RollupLog): void {
  throw new Error(message);
}

/**
 * Declares the browser's types that a text uses once more, under their own names: as what this project knows by them,
 * or never if it does not know them. Directives come first, because TypeScript reads none below code.
 */
function withFallbacks(code: string): string {
  const directives = code.match(/^\/\/\/ <reference .*\n/gm) ?? [];
  const body = directives.reduce((text, directive) => text.replace(directive, ""), code);
  const types = body.replace(/\/\*.*?\*\//gs, "");
  const names = types.match(/\bGPU[A-Z]\w+\b/g) ?? [];
  const browserNames = BROWSER_TYPES.filter((name) => new RegExp(`\\b${name}\\b`).test(types));
  const wasmNames = types.match(/(?<=\bWebAssembly\.)\w+/g) ?? [];
  return [
    ...directives.map((line) => line.trim()),
    ...[...new Set([...browserNames, ...names])].sort().map(declarationOf),
    ...[...new Set(wasmNames)].map(wasmDeclarationOf),
    body,
  ].join("\n");
}

function wasmDeclarationOf(name: string): string {
  const shape = `{ WebAssembly: { ${name}: { prototype: infer T } } }`;
  return `declare namespace WebAssembly { type ${name} = typeof globalThis extends ${shape} ? T : never; }`;
}

function declarationOf(name: string): string {
  // The one union of strings among them has no constructor to be found by.
  const isFeature = name === "GPUFeatureName";
  const shape = isFeature
    ? "{ GPUAdapter: { prototype: { requestDevice(wish?: { requiredFeatures?: Iterable<infer T> }): any } } }"
    : `{ ${name}: { prototype: infer T } }`;
  return `type ${name} = typeof globalThis extends ${shape} ? T : ${isFeature ? "string" : "never"};`;
}
