/**
 * Arrays that grow while a table is read. They grow by blocks that are never copied before the end, and small blocks
 * share buffers: a table of thousands of columns would else make and free thousands of buffers within one task.
 */
import { pause } from "../../../../src/pause.ts";

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
type NumbersClass<Type extends Numbers> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): Type;
};

/** Bytes of a buffer that is shared, and of an array in one at most. */
const SHARED_BYTES = 2 ** 20;
const SMALL_BYTES = SHARED_BYTES / 8;
/** Arrays begin at a multiple of this, which suits every class. */
const ALIGNMENT = 8;
/** Elements of a first block at least, and of any block at most. */
const FIRST_BLOCK = 64;
const LARGEST_BLOCK = 2 ** 16;
/** Makes arrays of zeros, small ones side by side in one buffer. */
export class SharedBuffers {
  #buffer = new ArrayBuffer(0);
  #used = 0;
  #growing = 0;

  /** Returns the length of a growing array's first block: each has another, so that not all grow with the same row. */
  firstBlock(): number {
    return FIRST_BLOCK + (this.#growing++ % FIRST_BLOCK);
  }
  take<Type extends Numbers>(Class: NumbersClass<Type>, length: number): Type {
    const bytes = length * Class.BYTES_PER_ELEMENT;
    if (bytes > SMALL_BYTES) return new Class(new ArrayBuffer(bytes), 0, length);
    if (this.#used + bytes > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(SHARED_BYTES);
      this.#used = 0;
    }
    const place = new Class(this.#buffer, this.#used, length);
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return place;
  }
}

/** Numbers that come one by one. */
export class GrowingNumbers<Type extends Numbers> {
  length = 0;
  readonly #Class: NumbersClass<Type>;
  readonly #buffers: SharedBuffers;
  #blocks: Type[] = [];
  #last: Type;
  #filled = 0;

  constructor(Class: NumbersClass<Type>, buffers: SharedBuffers) {
    this.#Class = Class;
    this.#buffers = buffers;
    this.#last = buffers.take(Class, buffers.firstBlock());
  }

  push(value: number): void {
    if (this.#filled === this.#last.length) {
      this.#blocks.push(this.#last);
      this.#last = this.#buffers.take(this.#Class, Math.min(this.length, LARGEST_BLOCK));
      this.#filled = 0;
    }
    this.#last[this.#filled++] = value;
    this.length++;
  }

  /** Returns the numbers in one array; nothing can be added then. @throws the signal's reason, once it is aborted */
  async finish(signal?: AbortSignal): Promise<Type> {
    const whole = this.#buffers.take(this.#Class, this.length);
    const blocks = [...this.#blocks, this.#last.subarray(0, this.#filled)].reverse();
    this.#blocks = [];
    let at = 0;
    // Each block is dropped once it is copied, so that memory does not hold all of them twice.
    for (let block = blocks.pop(); block; block = blocks.pop()) {
      whole.set(block, at);
      at += block.length;
      await pause(signal);
    }
    return whole;
  }
}
