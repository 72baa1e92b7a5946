/** Text from files, shortened for sentences and escaped for code; counts and lists of names. */
import { SoftmaxError } from "../../../src/errors.ts";

const MOST_CHARACTERS = 60;

/** Returns at most 60 characters; control and other invisible characters become spaces. */
export function brief(text: string): string {
  const start = text.slice(0, MOST_CHARACTERS).replace(/[\ud800-\udbff]$/, "");
  const line = start.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return text.length > MOST_CHARACTERS ? `${line}…` : line;
}

/**
 * Characters that code must escape: a `<` could end a script element, the slash of a comment's end could end a
 * comment, a line or paragraph separator ends a line, and other invisible characters make code look different.
 * JSON itself escapes control characters below U+0020 and lone surrogates.
 */
const UNSAFE = /[<\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]|(?<=\*)\//gu;

/** Names of properties that need no quotation marks. */
const PLAIN_NAME = /^[a-z]\w*$/i;

/** Returns a JSON value, or a Map of JSON values, as an expression on one line. Undefined fields are left out. */
export function inCode(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value).replace(UNSAFE, escaped);
  if (Array.isArray(value)) return `[${value.map(inCode).join(", ")}]`;
  if (value instanceof Map) return `new Map(${inCode([...value])})`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return "{}";
  return `{ ${entries.map(([name, item]) => `${nameInCode(name)}: ${inCode(item)}`).join(", ")} }`;
}

/** Returns the name of a property. In brackets, `__proto__` is a name like any other. */
function nameInCode(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return PLAIN_NAME.test(name) ? name : inCode(name);
}

function escaped(character: string): string {
  return character === "/" ? "\\/" : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** Returns the message of an error, without the argument that the library's own errors begin with. */
export function reasonOf(error: unknown): string {
  if (error instanceof SoftmaxError) return error.message.slice(`${error.argument}: `.length);
  return error instanceof Error ? error.message : String(error);
}
