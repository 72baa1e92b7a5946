/** Numbers of one type that are appended one by one, in chunks, so that nothing large is ever copied at once. */
import { allocate } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";

const CHUNK_BITS = 16;
const CHUNK = 2 ** CHUNK_BITS;

type Numbers = Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** A list of numbers that grows. */
export class ChunkedNumbers<T extends Numbers> {
  readonly #type: new (
    length: number,
  ) => T;
  readonly #chunks: (T | null)[] = [];
  #last: T;
  #length = 0;

  constructor(type: new (length: number) => T) {
    this.#type = type;
    this.#last = new type(0);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length % CHUNK;
    if (at === 0) {
      this.#last = allocate(this.#type, CHUNK, "texts");
      this.#chunks.push(this.#last);
    }
    this.#last[at] = value;
    this.#length++;
  }

  /** Returns number `i`, whose chunk was not dropped. */
  at(i: number): number {
    return (this.#chunks[i >>> CHUNK_BITS] as T)[i % CHUNK];
  }

  /** Frees the chunks before number `i`. */
  dropBefore(i: number): void {
    for (let chunk = Math.floor(i / CHUNK) - 1; chunk >= 0 && this.#chunks[chunk]; chunk--)
      this.#chunks[chunk] = null;
  }

  /** Returns all numbers in one array and frees the chunks. @throws LimitError; the signal's reason */
  async joined(signal?: AbortSignal): Promise<T> {
    const whole = allocate(this.#type, this.#length, "texts");
    await inPieces(
      this.#chunks.length,
      (chunk) => {
        const begin = chunk * CHUNK;
        const numbers = this.#chunks[chunk] as T;
        whole.set(numbers.subarray(0, Math.min(CHUNK, this.#length - begin)) as never, begin);
        this.#chunks[chunk] = null;
      },
      1,
      signal,
    );
    return whole;
  }
}
