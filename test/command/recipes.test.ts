/**
 * The recipes of demo/recipes.md: every block of JavaScript runs by itself in Node, with the package as it is built.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const PAGE = "demo/recipes.md";

/** Blocks that are read and not run here: `mjs` are files of a page, which consumers.test.ts runs. */
const SHOWN = ["html", "python", "mjs"];

interface Block {
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** The code blocks of a page, each with the heading that it stands under. */
function blocksOf(page: string): Block[] {
  let heading = "";
  return Array.from(
    page.matchAll(/^#+ ([^\n]*)$|^```(\w*)\n(.*?)^```$/gms),
    ([, title, language = "", code]) => {
      heading = title ?? heading;
      return code === undefined ? [] : [{ heading, language, code }];
    },
  ).flat();
}

const blocks = blocksOf(readFileSync(PAGE, "utf8"));

test("every block is of a language that is known", () => {
  const others = blocks.filter(({ language }) => language !== "js" && !SHOWN.includes(language));
  expect(others).toEqual([]);
});

/** What a block says it prints, line by line. */
function promised(code: string): string {
  return Array.from(code.matchAll(/\/\/ → (.*)\n/g), ([, line]) => `${line}\n`).join("");
}

describe("prints what its comments say", () => {
  const runnable = blocks.filter(({ language }) => language === "js");
  test.each(runnable.map((block, i) => [block.heading, i + 1, block.code] as const))(
    "%s, block %i",
    async (_heading, _number, code) => {
      expect(code).toMatch(/ from "softmax-webgpu(\/[a-z]+)?";/);
      const args = ["--input-type=module", "--eval", code];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        env: { ...process.env, NO_COLOR: "1" },
      });
      expect(stdout).toBe(promised(code));
    },
  );
});
