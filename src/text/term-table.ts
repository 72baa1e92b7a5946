/**
 * Terms and their numbers, 0, 1, 2 … in the order in which they came: a hash table with open addressing, keyed by code
 * units, so that no string is made of a term that is looked up. Any word may be a term, `__proto__` too.
 */
import { allocate } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";
import { TermPool } from "./term-pool.ts";
import { Units } from "./units.ts";

const FIRST_SLOTS = 2 ** 10;

/** Slots moved between two looks at the clock when the table grows. */
const PIECE = 2 ** 13;

/** Numbers of terms by their code units. */
export class TermTable {
  /** The terms by their numbers. */
  readonly pool = new TermPool();
  readonly #word = new Units();
  /** Two numbers a slot: a term's address, 0 if the slot is empty, and its hash. */
  #slots = new Uint32Array(2 * FIRST_SLOTS);

  /** Number of terms. */
  get size(): number {
    return this.pool.size;
  }

  /** Returns the number of a term, −1 if there is no such term. */
  find(units: Uint16Array, begin: number, end: number): number {
    const address = this.#slots[2 * this.#slotOf(hashOf(units, begin, end), units, begin, end)];
    return address === 0 ? -1 : this.pool.numberAt(address);
  }

  /** Tells whether there is such a term. */
  has(units: Uint16Array, begin: number, end: number): boolean {
    return this.find(units, begin, end) >= 0;
  }

  /** Returns the number of a term, which is added if it is new. @throws LimitError */
  add(units: Uint16Array, begin: number, end: number): number {
    const hash = hashOf(units, begin, end);
    const at = 2 * this.#slotOf(hash, units, begin, end);
    const known = this.#slots[at];
    if (known !== 0) return this.pool.numberAt(known);
    this.#slots[at] = this.pool.add(units, begin, end);
    this.#slots[at + 1] = hash;
    // Callers grow a large table before, in pieces.
    if (this.#load > 0.9) this.#growNow();
    return this.size - 1;
  }

  /** Returns the number of a string, which is added if it is new. */
  addText(text: string): number {
    this.#word.length = 0;
    this.#word.pushText(text);
    return this.add(this.#word.data, 0, this.#word.length);
  }

  /** Whether {@link grow} should be called: too many of the slots are taken. */
  get isCrowded(): boolean {
    return this.#load > 0.6;
  }

  /** Doubles the number of slots, in pieces. No term may be added meanwhile. @throws the signal's reason */
  async grow(signal?: AbortSignal): Promise<void> {
    const old = this.#slots;
    const slots = doubled(old);
    await inPieces(old.length / 2, (begin, end) => moveSlots(old, slots, begin, end), PIECE, signal);
    this.#slots = slots;
  }

  get #load(): number {
    return (2 * this.size) / this.#slots.length;
  }

  #growNow(): void {
    const slots = doubled(this.#slots);
    moveSlots(this.#slots, slots, 0, this.#slots.length / 2);
    this.#slots = slots;
  }

  /** Returns the slot of a term: the one that holds it, or the empty one for it. */
  #slotOf(hash: number, units: Uint16Array, begin: number, end: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const address = slots[2 * slot];
      if (address === 0) return slot;
      if (slots[2 * slot + 1] === hash && this.pool.isAt(address, units, begin, end)) return slot;
    }
  }
}

/**
 * Where hashes begin. Drawn anew in each page: with a fixed one, texts could be written whose words all take one slot.
 * Nothing that a caller sees depends on it.
 */
const SEED = Math.floor(Math.random() * 2 ** 32);

/** Returns a hash of 32 bits. */
function hashOf(units: Uint16Array, begin: number, end: number): number {
  let hash = SEED ^ (end - begin);
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ units[i], 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function doubled(slots: Uint32Array): Uint32Array<ArrayBuffer> {
  return allocate(Uint32Array, 2 * slots.length, "texts") as Uint32Array<ArrayBuffer>;
}

/** Enters slots `[begin, end)` of one table into a larger one. */
function moveSlots(from: Uint32Array, to: Uint32Array, begin: number, end: number): void {
  const mask = to.length / 2 - 1;
  for (let at = 2 * begin; at < 2 * end; at += 2) {
    if (from[at] === 0) continue;
    let slot = from[at + 1] & mask;
    while (to[2 * slot] !== 0) slot = (slot + 1) & mask;
    to[2 * slot] = from[at];
    to[2 * slot + 1] = from[at + 1];
  }
}
