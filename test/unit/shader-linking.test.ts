/** Shaders made of several files, in development and in a build. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, createServer } from "vite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { compactShader, linkShader } from "../../shaders/link-wgsl.ts";
import { wgsl } from "../../shaders/vite-plugin-wgsl.ts";

const KERNEL =
  '// A kernel.\n// #include "lib/two.wgsl"\n\n@compute @workgroup_size(1)\nfn toy() {\n  let t = two();\n}\n';
const TWO = "// Returns two.\nfn two() -> u32 { return 2u; }\n";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shaders-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes files into the folder; gives the path of the first. */
function files(texts: Readonly<Record<string, string>>): string {
  const paths = Object.keys(texts).map((name) => join(folder, name));
  for (const [i, text] of Object.values(texts).entries()) {
    mkdirSync(dirname(paths[i]), { recursive: true });
    writeFileSync(paths[i], text);
  }
  return paths[0];
}

describe("linking", () => {
  test("replaces the line by the text of its file and reports every file", () => {
    const file = files({ "toy.wgsl": KERNEL, "lib/two.wgsl": TWO });
    const told: string[] = [];
    expect(linkShader(file, (path) => told.push(path))).toBe(
      KERNEL.replace('// #include "lib/two.wgsl"\n', TWO),
    );
    expect(told).toEqual([file, join(folder, "lib/two.wgsl")]);
  });

  test("follows includes of included files, beside those, and takes each file once", () => {
    const file = files({
      "toy.wgsl": '// #include "lib/a.wgsl"\n// #include "lib/b.wgsl"\ntoy\n',
      "lib/a.wgsl": '// #include "b.wgsl"\na\n',
      "lib/b.wgsl": '// #include "a.wgsl"\n// #include "../toy.wgsl"\nb\n',
    });
    expect(linkShader(file)).toBe("b\na\ntoy\n");
  });

  test("reads files with Windows' line ends, and without a last one", () => {
    const file = files({
      "toy.wgsl": '// #include "b.wgsl"\r\na\r\n// #include "c.wgsl"',
      "b.wgsl": "b\r\n",
      "c.wgsl": "c",
    });
    expect(linkShader(file)).toBe("b\na\nc");
  });

  test("refuses a missing file, names it and the including file, and reports its path for watching", () => {
    const file = files({ "toy.wgsl": '// #include "lib/a.wgsl"\n', "lib/a.wgsl": '// #include "b.wgsl"\n' });
    const told: string[] = [];
    expect(() => linkShader(file, (path) => told.push(path))).toThrow(
      'a.wgsl: includes "b.wgsl", which does not exist',
    );
    expect(told.at(-1)).toBe(join(folder, "lib/b.wgsl"));
  });

  test.each([
    '#include "lib/two.wgsl"',
    '//#include "lib/two.wgsl"',
    "// #include lib/two.wgsl",
    "// #include <lib/two.wgsl>",
    '// #include "lib/two.txt"',
    '  // #include "lib/two.wgsl"',
    'fn a() {} // #include "lib/two.wgsl"',
  ])("refuses a line of another form: %s", (line) => {
    const file = files({ "toy.wgsl": `${line}\n`, "lib/two.wgsl": TWO });
    expect(() => linkShader(file)).toThrow(
      `toy.wgsl: expected // #include "path.wgsl" on a line of its own, got ${line.trim()}`,
    );
  });
});

test("compacting keeps statements on lines of their own and the marks of loops", () => {
  const code = `// What it is.

const SIZE: u32 = 2u;   // its size

fn main() {
  // Why.
  for (var i = 0u; i < SIZE; i++) { // unroll
    x[i] = i / 2u;      // a reason // unroll
  }
}
`;
  expect(compactShader(code)).toBe(`const SIZE: u32 = 2u;
fn main() {
for (var i = 0u; i < SIZE; i++) { // unroll
x[i] = i / 2u;
}
}
`);
});

describe("the plugin", () => {
  const ENTRY = 'import toy from "./toy.wgsl";\nexport default toy.code;\n';

  test("gives the full text in development, and reloads it when an included file changes", async () => {
    const library = join(folder, "lib/two.wgsl");
    const entry = files({ "entry.js": ENTRY, "toy.wgsl": KERNEL, "lib/two.wgsl": TWO });
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: "silent",
      server: { middlewareMode: true, ws: false },
      plugins: [wgsl()],
    });
    try {
      const load = async () => (await server.ssrLoadModule(entry)).default;
      expect(await load()).toBe(KERNEL.replace('// #include "lib/two.wgsl"\n', TWO));
      const three = TWO.replace("2u", "3u");
      await vi.waitFor(
        async () => {
          // Written again until the watcher, which may not have begun, has seen it.
          writeFileSync(library, three);
          expect(await load()).toContain("return 3u;");
        },
        { timeout: 20_000, interval: 200 },
      );
    } finally {
      await server.close();
    }
  });

  test("gives the compact text in a build", async () => {
    files({ "entry.js": ENTRY, "toy.wgsl": KERNEL, "lib/two.wgsl": TWO });
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: "silent",
      plugins: [wgsl()],
      build: { write: false, minify: false, lib: { entry: "entry.js", formats: ["es"] } },
    });
    const [{ output }] = [built].flat() as { output: { type: string; code: string }[] }[];
    const compact = compactShader(KERNEL.replace('// #include "lib/two.wgsl"\n', TWO));
    expect(compact).not.toContain("//");
    expect(output[0].code).toContain(JSON.stringify(compact).slice(1, -1));
  });

  test("fails a build whose shader includes a missing file, by name", async () => {
    files({ "entry.js": ENTRY, "toy.wgsl": KERNEL });
    const options = { entry: "entry.js", formats: ["es" as const] };
    await expect(
      build({
        root: folder,
        configFile: false,
        logLevel: "silent",
        plugins: [wgsl()],
        build: { write: false, lib: options },
      }),
    ).rejects.toThrow('toy.wgsl: includes "lib/two.wgsl", which does not exist');
  });
});
