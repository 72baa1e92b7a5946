/**
 * Recognises a file that lies in the place of another which was never downloaded: a Git LFS pointer, or the page of a
 * server. No format that is read here begins like one of them, so that an error can name the kind of the file, and
 * not only the parts of a model that it lacks.
 */
import { FormatError } from "../errors.ts";

/** Number of bytes or characters at the beginning of a file that are looked at. */
export const FOREIGN_LENGTH = 512;

/** Kind of a foreign file: a Git LFS pointer, a page of HTML, or a document of XML. */
export type ForeignKind = "git-lfs-pointer" | "html" | "xml";

const PAGE = "a page of HTML or XML, such as a server's page for an error or a login, and not the file";

// In the patterns, the three letters ï»¿ are a byte order mark that was read byte by byte.
const FOREIGN: readonly (readonly [kind: ForeignKind, pattern: RegExp, description: string])[] = [
  [
    "git-lfs-pointer",
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    "a Git LFS pointer, which only says where the file is: get the file itself with git lfs pull, or from its host",
  ],
  ["html", /^(?:\ufeff|ï»¿)?\s*<(?:!doctype|html|head|body|!--)/i, PAGE],
  ["xml", /^(?:\ufeff|ï»¿)?\s*<\?xml/i, PAGE],
];

/** Returns the kind of a foreign file by its first bytes or characters; null for any other file. */
export function foreignKindOf(file: Uint8Array | string): ForeignKind | null {
  return entryOf(file)?.[0] ?? null;
}

/** Refuses a foreign file. @throws FormatError that says what the file is */
export function checkForeign(file: Uint8Array | string, argument: string): void {
  const entry = entryOf(file);
  if (entry) throw new FormatError(argument, `this is ${entry[2]}`);
}

function entryOf(file: Uint8Array | string) {
  const start =
    typeof file === "string"
      ? file.slice(0, FOREIGN_LENGTH)
      : String.fromCharCode(...file.subarray(0, FOREIGN_LENGTH));
  return FOREIGN.find(([, pattern]) => pattern.test(start));
}
