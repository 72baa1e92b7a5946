/**
 * Links a shader: a line `// #include "lib/row.wgsl"` is replaced by the text of that file, found beside the file that has
 * the line. The linked text is what the manifest is read from, what is compiled and what is exported.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/**
 * Links the shader in `file` and tells `onFile` the absolute path of each file that it is made of, itself first. Included
 * files may include others; each is taken once, at its first place, since WGSL's declarations may come in any order.
 *
 * @throws Error  an included file is missing, or a line is not of the form `// #include "path.wgsl"`; names the file
 */
export function linkShader(file: string, onFile: (file: string) => void = () => {}): string {
  const seen = new Set<string>();
  const link = (path: string, text: string): string => {
    seen.add(path);
    onFile(path);
    return text.replaceAll("\r\n", "\n").replace(/^.*#include.*\n?/gm, (line) => {
      const name = basename(path);
      const include = /^\/\/ #include "([^"]+\.wgsl)"\n?$/.exec(line)?.[1];
      if (include === undefined)
        throw new Error(`${name}: expected // #include "path.wgsl" on a line of its own, got ${line.trim()}`);
      const included = resolve(dirname(path), include);
      if (seen.has(included)) return "";
      if (!existsSync(included)) {
        onFile(included);
        throw new Error(`${name}: includes "${include}", which does not exist`);
      }
      return link(included, readFileSync(included, "utf8"));
    });
  };
  return link(resolve(file), readFileSync(file, "utf8"));
}

/**
 * Removes comments, indentation and blank lines; the marks `// unroll` stay, for the specialiser. Statements keep lines of
 * their own, so that a compiler's message still points at one.
 */
export function compactShader(code: string): string {
  return code
    .split("\n")
    .map((line) => line.replace(/\s*\/\/(?! unroll$).*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}
