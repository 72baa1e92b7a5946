/** Reads the fields of JSON and the arrays beside it, none of which is trusted. */
import type { Label } from "../../../../src/index.ts";
import { FormatError } from "../../../../src/index.ts";
import { inBlocks } from "../../data/arrays.ts";
import type { TextsJson } from "./packed.ts";

/** Returns a copy of some bytes. @throws FormatError there are not so many */
export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Classes that arrays may have, but for Float16Array, which some browsers lack. */
const TYPES = {
  Float32Array,
  Float64Array,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
};

type TypeName = keyof typeof TYPES;
export type ArrayOf<Name extends TypeName> = InstanceType<(typeof TYPES)[Name]>;

export const ELEMENTS = Object.keys(TYPES) as readonly TypeName[];

/** The fields of one object, and its place for errors. */
export class Fields {
  readonly #place: string;
  readonly #object: object;

  /** @throws FormatError `json` is no object */
  constructor(json: unknown, place: string) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) fail(place, "an object");
    this.#object = json;
    this.#place = place;
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? Reflect.get(this.#object, name) : undefined;
  }

  isNull(name: string): boolean {
    return (this.get(name) ?? null) === null;
  }

  fields(name: string): Fields {
    return new Fields(this.get(name), this.place(name));
  }

  text(name: string): string {
    return checked(this.get(name), (value) => typeof value === "string", "a text", this.place(name));
  }

  /** @throws FormatError no whole number from 0 up to `most` */
  count(name: string, most = 2 ** 32 - 1): number {
    const isCount = (value: unknown): value is number =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
    return checked(this.get(name), isCount, `a whole number up to ${most}`, this.place(name));
  }

  number(name: string): number {
    const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
    return checked(this.get(name), isNumber, "a number", this.place(name));
  }

  list(name: string): readonly unknown[] {
    return checked(this.get(name), (value) => Array.isArray(value), "a list", this.place(name));
  }

  texts(name: string): readonly string[] {
    const isTexts = (value: unknown): value is readonly string[] =>
      Array.isArray(value) && value.every((item) => typeof item === "string");
    return checked(this.get(name), isTexts, "a list of texts", this.place(name));
  }

  label(name: string): Label {
    return checked(this.get(name), isLabel, "a label", this.place(name));
  }

  /** Reads different labels of one type. */
  labels(name: string): readonly Label[] {
    const labels = this.list(name);
    const [first] = labels;
    const areLabels =
      new Set(labels).size === labels.length &&
      labels.every((label) => isLabel(label) && typeof label === typeof first);
    if (!areLabels) fail(this.place(name), "different labels of one type");
    return labels as readonly Label[];
  }

  /** Reads the array of a field. */
  async array<Name extends TypeName>(
    name: string,
    read: ReadBytes,
    types: readonly Name[],
    length?: number,
  ): Promise<ArrayOf<Name>> {
    const place = this.place(name);
    const field = this.fields(name);
    const type = field.text("type");
    const known = types.find((one) => one === type);
    if (!known) fail(place, `an array of the type ${types.join(" or ")}`);
    const count = field.count("length");
    if (length !== undefined && count !== length) fail(place, `${length} elements`);
    const ArrayClass = TYPES[known];
    const bytes = await read(field.count("offset"), count * ArrayClass.BYTES_PER_ELEMENT);
    return new ArrayClass(bytes.buffer, bytes.byteOffset, count) as ArrayOf<Name>;
  }

  /** Reads `length` texts. */
  async textsInBytes(name: string, read: ReadBytes, length: number, signal: AbortSignal): Promise<string[]> {
    const field = this.fields(name);
    const names = ["bytes", "ends"] as const satisfies readonly (keyof TextsJson)[];
    const bytes = await field.array(names[0], read, ["Uint8Array"]);
    const ends = await field.array(names[1], read, ["Uint32Array"], length);
    const decoder = new TextDecoder();
    const texts: string[] = [];
    await inBlocks(
      length,
      signal,
      (at) => {
        const start = at > 0 ? ends[at - 1] : 0;
        if (ends[at] < start || ends[at] > bytes.length) fail(this.place(name), "texts one after the other");
        texts.push(decoder.decode(bytes.subarray(start, ends[at])));
      },
      TEXT_WORK,
    );
    return texts;
  }

  place(name: string): string {
    return `${this.#place}.${name}`;
  }
}

/** Work with a text, in elements of a block. */
const TEXT_WORK = 64;

/** @throws FormatError */
export function fail(place: string, expected: string): never {
  throw new FormatError(place, `expected ${expected}`);
}

function checked<Value>(
  value: unknown,
  isRight: (value: unknown) => value is Value,
  expected: string,
  place: string,
): Value {
  return isRight(value) ? value : fail(place, expected);
}

function isLabel(value: unknown): value is Label {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0;
  return typeof value === "string" || typeof value === "boolean";
}
