/**
 * Files that lie in the place of another which was never downloaded: a Git LFS pointer, a page of a server. No format
 * that is read here begins like one of them, so an error can say what they are, and not only what is missing in them.
 */
import { FormatError } from "../errors.ts";

/** How much of a file is looked at, in bytes or characters. */
export const FOREIGN_LENGTH = 512;

const FOREIGN: readonly (readonly [pattern: RegExp, name: string])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    "a Git LFS pointer, which only says where the file is: get the file itself with git lfs pull, or from its host",
  ],
  // The three letters are a byte order mark, read byte by byte.
  [
    /^(?:\ufeff|ï»¿)?\s*<(?:!doctype|html|head|body|\?xml|!--)/i,
    "a page of HTML or XML, such as a server's page for an error or a login, and not the file",
  ],
];

/** Refuses a file that begins like one of those. @throws FormatError saying which it is */
export function checkForeign(file: Uint8Array | string, argument: string): void {
  const start =
    typeof file === "string"
      ? file.slice(0, FOREIGN_LENGTH)
      : String.fromCharCode(...file.subarray(0, FOREIGN_LENGTH));
  const found = FOREIGN.find(([pattern]) => pattern.test(start));
  if (found) throw new FormatError(argument, `this is ${found[1]}`);
}
