/** Pieces of a WebAssembly memory that belong together, handed out one after the other; the last ones go back first. */
import { Heap } from "./heap.ts";

/** A piece that was taken. */
interface Piece {
  readonly start: number;
  readonly bytes: number;
}

/** What a data set and its workspace have of a memory. Views hold until the next piece is taken by anybody. */
export class Arena {
  readonly #heap: Heap;
  readonly #pieces: Piece[] = [];

  /** In a memory of its own, unless one is given. */
  constructor(heap = new Heap()) {
    this.#heap = heap;
  }

  get memory(): WebAssembly.Memory {
    return this.#heap.memory;
  }

  /** The number of pieces; give it to `release` to give back all that came after. */
  get mark(): number {
    return this.#pieces.length;
  }

  /**
   * Takes `bytes` and zeroes them.
   *
   * @throws LimitError if the memory cannot grow that far; nothing is taken
   */
  take(bytes: number, what: string): number {
    const start = this.#heap.take(bytes, what);
    this.#pieces.push({ start, bytes });
    return start;
  }

  release(mark: number): void {
    for (const { start, bytes } of this.#pieces.splice(mark).reverse()) this.#heap.give(start, bytes);
  }

  floats(start: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, start, length);
  }

  integers(start: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, start, length);
  }

  halves(start: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, start, length);
  }

  bytes(start: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, start, length);
  }

  doubles(start: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, start, length);
  }
}
