/**
 * Where the code units of terms lie: in chunks, so that nothing is copied when a pool grows. Each term is a record, its
 * number (two units), its length (two units) and its units, and is found by its address.
 */
import { allocate } from "../data/matrix.ts";
import { LimitError } from "../errors.ts";
import { ChunkedNumbers } from "./chunked-numbers.ts";
import { textOfUnits } from "./units.ts";

const CHUNK_BITS = 20;
const CHUNK_UNITS = 2 ** CHUNK_BITS;
const MAX_CHUNKS = 2 ** (32 - CHUNK_BITS);
const HEADER = 4;

/** From this length on, units are copied by the engine and not by a loop. */
const LONG = 64;

/** First chunks are small: most tables are. */
const FIRST_UNITS = 2 ** 12;

/** Terms numbered 0, 1, 2 … No address is 0. */
export class TermPool {
  readonly #chunks: Uint16Array[] = [new Uint16Array(FIRST_UNITS)];
  readonly #addresses = new ChunkedNumbers(Uint32Array);
  /** Units that are taken of the last chunk. */
  #taken = 1;

  /** Number of terms. */
  get size(): number {
    return this.#addresses.length;
  }

  /** Adds a term; returns its address. @throws LimitError */
  add(units: Uint16Array, begin: number, end: number): number {
    const length = end - begin;
    const chunk = this.#chunkWith(HEADER + length);
    const at = this.#taken;
    chunk[at] = this.size & 0xffff;
    chunk[at + 1] = this.size >>> 16;
    chunk[at + 2] = length & 0xffff;
    chunk[at + 3] = length >>> 16;
    if (length > LONG) chunk.set(units.subarray(begin, end), at + HEADER);
    else for (let i = 0; i < length; i++) chunk[at + HEADER + i] = units[begin + i];
    this.#taken += HEADER + length;
    const address = (this.#chunks.length - 1) * CHUNK_UNITS + at;
    this.#addresses.push(address);
    return address;
  }

  /** Returns the number of the term at an address. */
  numberAt(address: number): number {
    const [chunk, at] = [this.#chunks[address >>> CHUNK_BITS], address % CHUNK_UNITS];
    return chunk[at] + chunk[at + 1] * 0x10000;
  }

  /** Tells whether the term at an address has the units `[begin, end)`. */
  isAt(address: number, units: Uint16Array, begin: number, end: number): boolean {
    const chunk = this.#chunks[address >>> CHUNK_BITS];
    let at = address % CHUNK_UNITS;
    if (chunk[at + 2] + chunk[at + 3] * 0x10000 !== end - begin) return false;
    at += HEADER;
    for (let i = begin; i < end; i++) if (units[i] !== chunk[at++]) return false;
    return true;
  }

  /** Calls `work` with the units in which a term is, and its begin and end there. */
  read<T>(term: number, work: (units: Uint16Array, begin: number, end: number) => T): T {
    const address = this.#addresses.at(term);
    const [chunk, at] = [this.#chunks[address >>> CHUNK_BITS], address % CHUNK_UNITS];
    return work(chunk, at + HEADER, at + HEADER + chunk[at + 2] + chunk[at + 3] * 0x10000);
  }

  /** Returns unit `depth` of a term, −1 behind its end. */
  unitAt(term: number, depth: number): number {
    const address = this.#addresses.at(term);
    const [chunk, at] = [this.#chunks[address >>> CHUNK_BITS], address % CHUNK_UNITS];
    return depth < chunk[at + 2] + chunk[at + 3] * 0x10000 ? chunk[at + HEADER + depth] : -1;
  }

  /** Returns a term as a string. */
  textOf(term: number): string {
    return this.read(term, textOfUnits);
  }

  /** Returns the chunk that has room for the next record, a new one if the last has not. */
  #chunkWith(units: number): Uint16Array {
    const last = this.#chunks[this.#chunks.length - 1];
    if (this.#taken + units <= last.length) return last;
    if (this.#chunks.length === MAX_CHUNKS)
      throw new LimitError(
        "texts",
        "have more terms than a vocabulary holds; use hashing, or shorter n-grams",
      );
    const chunk = allocate(Uint16Array, Math.max(CHUNK_UNITS, units), "texts");
    this.#chunks.push(chunk);
    this.#taken = 0;
    return chunk;
  }
}
