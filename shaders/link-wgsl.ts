/**
 * Links shaders: replaces each line `// #include "lib/row.wgsl"` by the text of that file, whose path is relative to
 * the including file. The manifest, the compiled code and the exported code all come from the linked text.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/**
 * Returns the linked text of `file`. Calls `onFile` with the absolute path of every file that is read, this one first.
 * Included files may include others; each is taken once, at its first place, since WGSL's declarations may come in any
 * order.
 *
 * @throws Error  an included file is missing, or a line is not of the form `// #include "path.wgsl"`; names the file
 */
export function linkShader(file: string, onFile: (file: string) => void = () => {}): string {
  const seen = new Set<string>();
  const link = (path: string): string => {
    const name = basename(path);
    seen.add(path);
    onFile(path);
    const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
    return text.replace(/^.*#include.*\n?/gm, (line) => {
      const include = /^\/\/ #include "([^"]+\.wgsl)"\n?$/.exec(line)?.[1];
      if (include === undefined)
        throw new Error(`${name}: expected // #include "path.wgsl" on a line of its own, got ${line.trim()}`);
      const included = resolve(dirname(path), include);
      if (seen.has(included)) return "";
      if (!existsSync(included)) {
        onFile(included);
        throw new Error(`${name}: includes "${include}", which does not exist`);
      }
      return link(included);
    });
  };
  return link(resolve(file));
}

/**
 * Removes comments, indentation and blank lines. Keeps the marks `// unroll` for the specialiser, and every statement
 * on a line of its own, so that a compiler's message still points at one statement.
 */
export function compactShader(code: string): string {
  return code
    .split("\n")
    .map((line) => line.replace(/\s*\/\/(?! unroll$).*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}
