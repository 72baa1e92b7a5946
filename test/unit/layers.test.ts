/** Imports go down the layers only: this table says which layer may import which others beside itself. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

/** Layers by the paths that belong to them (the longest that fits counts), and what each may import. */
const LAYERS: Readonly<
  Record<string, { readonly paths: readonly string[]; readonly may: readonly string[] }>
> = {
  base: {
    paths: ["src/errors.ts", "src/pause.ts", "src/device-error.ts", "src/loaded.ts", "src/parameters.ts"],
    may: [],
  },
  data: { paths: ["src/data/"], may: ["base"] },
  formats: { paths: ["src/formats/"], may: ["base", "data"] },
  contract: { paths: ["src/backends/"], may: ["base", "data"] },
  shaders: { paths: ["shaders/"], may: ["webgpu"] },
  webgpu: { paths: ["src/backends/webgpu/"], may: ["base", "data", "contract", "shaders"] },
  wasm: { paths: ["src/backends/wasm/"], may: ["base", "data", "contract", "moments"] },
  moments: {
    paths: [
      "src/backends/wasm/matrices.ts",
      "src/backends/wasm/factors.ts",
      "src/backends/wasm/class-metric.ts",
      "src/backends/wasm/builds.ts",
    ],
    may: ["base", "contract", "wasm", "solvers"],
  },
  reference: { paths: ["src/backends/reference/"], may: ["base", "data", "contract"] },
  opening: {
    paths: ["src/backends/open-backend.ts", "src/backends/backend-owner.ts"],
    may: ["base", "contract", "webgpu", "wasm", "reference"],
  },
  metrics: { paths: ["src/metrics/"], may: ["base", "data", "contract"] },
  solvers: { paths: ["src/solvers/"], may: ["base", "data", "contract"] },
  options: {
    paths: [
      "src/options.ts",
      "src/option-rules.ts",
      "src/option-effects.ts",
      "src/option-hints.ts",
      "src/fit-options.ts",
    ],
    may: ["base", "data", "contract", "opening", "webgpu", "solvers"],
  },
  checks: { paths: ["src/checks.ts"], may: ["base", "data"] },
  model: {
    paths: ["src/model/"],
    may: ["base", "data", "formats", "contract", "opening", "metrics", "options", "checks"],
  },
  fit: {
    paths: ["src/fit/"],
    may: [
      "base",
      "data",
      "formats",
      "contract",
      "moments",
      "opening",
      "solvers",
      "options",
      "checks",
      "model",
    ],
  },
  text: { paths: ["src/text/"], may: ["base", "data", "contract", "options"] },
  textClassifier: { paths: ["src/text/classifier/"], may: ["*"] },
  estimator: { paths: ["src/"], may: ["*"] },
  demo: { paths: ["demo/"], may: ["*"] },
  bench: { paths: ["bench/"], may: ["*"] },
};

/** What no layer may import, whatever else it may. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  estimator: ["demo", "bench"],
  textClassifier: ["demo", "bench"],
  demo: ["bench"],
};

/** What the build provides, and what is imported in Node alone. */
const PROVIDED = /^virtual:|^node:worker_threads$/;

const isForeign = (specifier: string) => !specifier.startsWith(".");

function layerOf(path: string): string {
  const found = Object.entries(LAYERS).flatMap(([name, { paths }]) =>
    paths.filter((prefix) => path.startsWith(prefix)).map((prefix) => ({ name, length: prefix.length })),
  );
  const outside = { name: "no layer", length: 0 };
  return found.reduce((best, one) => (one.length > best.length ? one : best), outside).name;
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
}

const FILES = ["src", "shaders", "demo", "bench"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/vite-plugin|link-wgsl|\.d\.ts$|assembly\//.test(name))
    .map((name) => `${folder}/${name}`),
);

describe.each(Object.keys(LAYERS))("%s", (layer) => {
  const files = FILES.filter((path) => layerOf(path) === layer);
  const { may } = LAYERS[layer];

  test("imports what it may, and nothing else", () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((specifier) => !isForeign(specifier))
        .map((specifier) => layerOf(normalize(join(dirname(path), specifier))))
        .filter((other) => other !== layer)
        .filter((other) => NEVER[layer]?.includes(other) || !(may.includes("*") || may.includes(other)))
        .map((other) => `${path} → ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  if (layer === "demo" || layer === "bench") return;
  test("needs no package and nothing of Node", () => {
    const foreign = files.flatMap((path) => importsOf(path).filter(isForeign));
    expect(foreign.filter((specifier) => !PROVIDED.test(specifier))).toEqual([]);
  });
});

test("each part of the library that is loaded later fails with a LoadError", () => {
  const texts = FILES.filter((path) => path.startsWith("src/")).map((path) =>
    readFileSync(join(ROOT, path), "utf8"),
  );
  const loads = texts.flatMap((text) => text.match(/\S+\s*await \S*\s*import\("/g) ?? []);
  expect(loads.length).toBeGreaterThan(10);
  expect(loads.filter((load) => !/loaded\(\s*import\("$/.test(load))).toEqual([]);
});
