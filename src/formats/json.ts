/**
 * Reads JSON strictly (RFC 8259). `JSON.parse` accepts duplicate keys, nests until the stack overflows, does not say
 * which field is at fault, and blocks the page until the whole text is read. Packages that refuse duplicate keys accept
 * them if the values are equal, or have no limit of depth; and the grammar is small. Long arrays of numbers are parsed
 * by `JSON.parse`, in pieces (json-numbers.ts).
 */
import { FormatError } from "../errors.ts";
import { isPauseDue, pause } from "../pause.ts";
import { show } from "./bytes.ts";
import { endOfNumbers, parseNumbers } from "./json-numbers.ts";
import { TextWindow } from "./text-window.ts";

/** A value that JSON can express. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON values. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Largest depth of arrays and objects. */
export const MAX_DEPTH = 64;

/** Largest number of entries in one object: finding duplicates among many millions of keys would take minutes. */
export const MAX_ENTRIES = 65_536;

/** Property names with a special meaning in JavaScript objects. */
const UNSAFE_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** The characters of numbers and literals. */
const WORD = /[-+.\w]*/y;
const SPACES = " \t\n\r";
const LITERALS = [
  ["null", null],
  ["true", true],
  ["false", false],
] as const;

/** Work that yields when a pause is due. */
type Reading<T> = Generator<void, T, void>;

/**
 * Reads one JSON text, or its bytes in UTF-8, with pauses. Numbers become the nearest float64, −0 stays −0. A single
 * string is read without pauses, however long.
 *
 * @throws FormatError  bytes that are not UTF-8, text that is not JSON, anything after it, a duplicate key,
 *                      the keys `__proto__`, `constructor` and `prototype`, more than {@link MAX_DEPTH} levels or
 *                      {@link MAX_ENTRIES} entries of an object, numbers that overflow; its argument is `argument` with
 *                      the keys that lead to the place
 */
export async function parseJson(source: string | Uint8Array, argument: string): Promise<JsonValue> {
  const reading = new JsonReader(source, argument).document();
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** Tells whether a name is refused as a key. */
export function isUnsafeKey(key: string): boolean {
  return UNSAFE_KEYS.includes(key);
}

class JsonReader {
  readonly #in: TextWindow;
  readonly #argument: string;
  /** Keys that lead to the value being read. */
  readonly #path: string[] = [];
  /** End of a piece that `JSON.parse` refused. Up to there, values are read one by one, so that the error names one. */
  #slowUntil = 0;

  constructor(source: string | Uint8Array, argument: string) {
    this.#in = new TextWindow(source, argument);
    this.#argument = argument;
  }

  *document(): Reading<JsonValue> {
    this.#skipSpace();
    const value = yield* this.#value(0);
    this.#skipSpace();
    if (this.#first !== undefined) this.#fail("expected the end of the text");
    return value;
  }

  *#value(depth: number): Reading<JsonValue> {
    return this.#isContainer() ? yield* this.#container(depth) : this.#scalar();
  }

  /** Next character; undefined at the end. */
  get #first(): string | undefined {
    return this.#in.text[this.#in.at];
  }

  #isContainer(): boolean {
    return this.#first === "{" || this.#first === "[";
  }

  #container(depth: number): Reading<JsonValue> {
    if (depth === MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels of arrays and objects`);
    return this.#first === "{" ? this.#object(depth + 1) : this.#array(depth + 1);
  }

  *#object(depth: number): Reading<JsonObject> {
    const object: Record<string, JsonValue> = {};
    let entries = 0;
    if (this.#isEmpty("}")) return object;
    do {
      if (isPauseDue()) yield;
      this.#in.move();
      if (++entries > MAX_ENTRIES) this.#fail(`more than ${MAX_ENTRIES} entries in an object`);
      if (this.#first !== '"') this.#fail("expected a key in quotation marks");
      const key = this.#string();
      if (isUnsafeKey(key)) this.#fail(`${show(key)} cannot be a key`);
      this.#path.push(key);
      if (Object.hasOwn(object, key)) this.#fail("a key that occurs twice in its object");
      this.#skipSpace();
      if (!this.#take(":")) this.#fail("expected a colon after a key");
      this.#skipSpace();
      object[key] = this.#isContainer() ? yield* this.#container(depth) : this.#scalar();
      this.#path.pop();
    } while (this.#hasNext("}"));
    return object;
  }

  *#array(depth: number): Reading<JsonValue[]> {
    let array: JsonValue[] = [];
    if (this.#isEmpty("]")) return array;
    do {
      if (isPauseDue()) yield;
      this.#in.move();
      const items = this.#numbers(depth);
      if (items === null) array.push(this.#isContainer() ? yield* this.#container(depth) : this.#scalar());
      // Take the parsed array itself if it comes first: engines keep its numbers unboxed, in a third of the memory.
      else if (array.length === 0) array = items;
      else for (const item of items) array.push(item);
    } while (this.#hasNext("]"));
    return array;
  }

  /** Reads the numbers and rows of numbers that come next in an array, at most one piece; null if there are none. */
  #numbers(depth: number): JsonValue[] | null {
    const { text, at, position } = this.#in;
    if (position < this.#slowUntil) return null;
    const end = endOfNumbers(text, at, depth < MAX_DEPTH);
    if (end === at) return null;
    const items = parseNumbers(text.slice(at, end));
    if (items === null) this.#slowUntil = position + end - at;
    else this.#in.at = end;
    return items;
  }

  /** Reads an opening bracket, and the closing one, `end`, if it follows; returns whether it does. */
  #isEmpty(end: string): boolean {
    this.#in.at++;
    this.#skipSpace();
    return this.#take(end);
  }

  /** Reads the comma after an item and returns true, or reads `end` and returns false. */
  #hasNext(end: string): boolean {
    this.#skipSpace();
    if (this.#take(end)) return false;
    if (!this.#take(",")) this.#fail(`expected a comma or ${end}`);
    this.#skipSpace();
    return true;
  }

  #string(): string {
    const start = this.#in.at;
    let end = this.#quoteFrom(start + 1);
    while (this.#isEscaped(end)) end = this.#quoteFrom(end + 1);
    if (end < 0) this.#fail("the text ends inside a string that begins here");
    try {
      // A single string has neither keys nor depth. The result is a copy: a slice would keep the whole text in memory.
      const string = JSON.parse(this.#in.text.slice(start, end + 1)) as string;
      this.#in.at = end + 1;
      return string;
    } catch {
      return this.#fail("a string with a bad escape or a control character");
    }
  }

  /** Returns the position of the next quotation mark, −1 if there is none. */
  #quoteFrom(first: number): number {
    let from = first;
    for (;;) {
      const at = this.#in.text.indexOf('"', from);
      if (at >= 0) return at;
      from = this.#in.text.length;
      if (!this.#in.more()) return -1;
    }
  }

  /** Tells whether an odd number of backslashes precedes a position. */
  #isEscaped(at: number): boolean {
    let first = at;
    while (this.#in.text[first - 1] === "\\") first--;
    return (at - first) % 2 === 1;
  }

  #scalar(): JsonValue {
    if (this.#first === '"') return this.#string();
    this.#seeWord();
    for (const [name, value] of LITERALS) {
      if (!this.#in.text.startsWith(name, this.#in.at)) continue;
      this.#in.at += name.length;
      return value;
    }
    NUMBER.lastIndex = this.#in.at;
    const digits = NUMBER.exec(this.#in.text)?.[0];
    if (digits === undefined) this.#fail("expected a value");
    const value = Number(digits);
    if (!Number.isFinite(value)) this.#fail("a number too large for float64");
    this.#in.at += digits.length;
    return value;
  }

  /** Reads more text into the window until the number or literal that begins here ends within it. */
  #seeWord(): void {
    do {
      WORD.lastIndex = this.#in.at;
      WORD.test(this.#in.text);
    } while (WORD.lastIndex === this.#in.text.length && this.#in.more());
  }

  #take(character: string): boolean {
    if (this.#first !== character) return false;
    this.#in.at++;
    return true;
  }

  #skipSpace(): void {
    do {
      while (this.#first !== undefined && SPACES.includes(this.#first)) this.#in.at++;
    } while (this.#first === undefined && this.#in.more());
  }

  #fail(problem: string): never {
    const { line, column } = this.#in.place();
    const ending = this.#first === undefined ? ", and the text ends here" : "";
    const field = [this.#argument, ...this.#path.map((key) => key.slice(0, 40))].join(".");
    throw new FormatError(field, `not valid JSON at line ${line}, column ${column}: ${problem}${ending}`);
  }
}
