/**
 * Values as JavaScript text. Text from a file stays text, however the code is used: run as a module, pasted into a
 * page's script element, or read within a comment. Builds no statements.
 */

/**
 * What must not stand in code as it is: a `<` could end a script element, the slash of a comment's end could end a
 * comment, a line or paragraph separator ends a line, and other invisible characters make code look as it is not.
 * Control characters below U+0020 and halves of characters are JSON's own to escape.
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
