/**
 * WebAssembly memories and the allocation of pieces in them. Engines limit the number of memories (Chromium to 124 in a
 * page, since each reserves 8 GiB of addresses, however small it is), so small data sets share one memory. A large data
 * set has a memory of its own, which is freed with it, because a memory never shrinks.
 */

import { wordsOf } from "../../device-error.ts";
import { DeviceError, LimitError } from "../../errors.ts";
import { instantiate, type Kernels } from "./kernels.ts";

const PAGE = 65_536;

/** Largest WebAssembly memory, bytes. */
const MAX_BYTES = 65_536 * PAGE;

/** Alignment of every piece, a cache line, so that no vector spans two lines. */
const ALIGNMENT = 64;

/** Largest data set that shares a memory, bytes. */
const LARGEST_SHARED = 2 ** 24;

/** Size, bytes, beyond which the common memory accepts no further data sets and is dropped when empty. */
const COMMON_BYTES = 2 ** 26;

/** Consecutive bytes. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A memory whose pieces are taken and released in any order. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #kernels = new Map<WebAssembly.Module, Promise<unknown>>();
  /** Released spans below the end, ascending; none touches another one or the end. */
  #gaps: Span[] = [];
  // Address 0 stands for "none" in the kernels.
  #end = ALIGNMENT;
  // Memory above this address has never been used and is zero.
  #used = ALIGNMENT;

  /** @throws DeviceError if the engine gives no memory */
  constructor() {
    try {
      this.memory = new WebAssembly.Memory({ initial: 1 });
    } catch (cause) {
      throw new DeviceError("device", `this engine gives no WebAssembly memory: ${wordsOf(cause)}`, {
        cause,
      });
    }
  }

  get isEmpty(): boolean {
    return this.#end === ALIGNMENT;
  }

  /** Size of the memory, bytes, including what is not taken. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** Instantiates the kernels of `module` over this memory, once. @throws DeviceError if they do not start */
  kernels<T = Kernels>(module: WebAssembly.Module): Promise<T> {
    const known = this.#kernels.get(module) as Promise<T> | undefined;
    const kernels = known ?? instantiate<T>(module, this.memory);
    this.#kernels.set(module, kernels);
    // A failure is not cached: the next attempt may succeed.
    kernels.catch(() => this.#kernels.delete(module));
    return kernels;
  }

  /**
   * Takes `bytes` and zeroes them. Earlier views of the memory may be detached afterwards.
   *
   * @throws LimitError naming `what`, if the memory cannot grow that far; nothing is taken
   */
  take(bytes: number, what: string): number {
    const size = sizeOf(bytes);
    const gap = this.#gaps.find(({ start, end }) => end - start >= size);
    const start = gap?.start ?? this.#end;
    const end = start + size;
    if (gap) {
      const rest = gap.end > end ? [{ start: end, end: gap.end }] : [];
      this.#gaps.splice(this.#gaps.indexOf(gap), 1, ...rest);
    } else {
      this.#growTo(end, bytes, what);
      this.#end = end;
    }
    const dirtyEnd = Math.min(this.#used, end);
    if (dirtyEnd > start) new Uint8Array(this.memory.buffer, start, dirtyEnd - start).fill(0);
    this.#used = Math.max(this.#used, end);
    return start;
  }

  /** Releases a piece that was taken with this size. */
  release(start: number, bytes: number): void {
    const spans = [...this.#gaps, { start, end: start + sizeOf(bytes) }].sort((a, b) => a.start - b.start);
    const gaps: Span[] = [];
    for (const span of spans) {
      const last = gaps.at(-1);
      if (last?.end === span.start) gaps.splice(-1, 1, { start: last.start, end: span.end });
      else gaps.push(span);
    }
    if (gaps.at(-1)?.end === this.#end) this.#end = (gaps.pop() as Span).start;
    this.#gaps = gaps;
    if (this.isEmpty && this.size > COMMON_BYTES && common === this) common = null;
  }

  #growTo(end: number, bytes: number, what: string): void {
    const missing = end - this.size;
    if (missing <= 0) return;
    try {
      if (end > MAX_BYTES) throw new RangeError("over 4 GiB");
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new LimitError(
        what,
        `needs ${bytes} bytes of WebAssembly memory in addition to ${end - sizeOf(bytes)} in use; this engine allows no more`,
        { cause },
      );
    }
  }
}

/** The memory that small data sets share. */
let common: Heap | null = null;

/**
 * Returns the memory for a data set of `bytes`. A large data set shares the common memory if the engine gives no other.
 *
 * @throws DeviceError if there is no memory at all
 */
export function heapFor(bytes: number): Heap {
  const isSmall = bytes <= LARGEST_SHARED;
  if (isSmall && common && common.size <= COMMON_BYTES) return common;
  try {
    const heap = new Heap();
    if (isSmall) common = heap;
    return heap;
  } catch (error) {
    if (common) return common;
    throw error;
  }
}

/** Rounds up to whole cache lines, at least one. */
function sizeOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
}

/** A piece of memory that was taken. */
interface Piece {
  readonly start: number;
  readonly bytes: number;
}

/**
 * The pieces of a data set and its workspace, released last first. Views are valid until any piece of the memory is
 * taken.
 */
export class Arena {
  readonly #heap: Heap;
  readonly #pieces: Piece[] = [];

  /** @param heap memory to take pieces from; default: a new one */
  constructor(heap = new Heap()) {
    this.#heap = heap;
  }

  get memory(): WebAssembly.Memory {
    return this.#heap.memory;
  }

  /** The number of pieces so far; `release(mark)` gives back all later ones. */
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
    for (const { start, bytes } of this.#pieces.splice(mark).reverse()) this.#heap.release(start, bytes);
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
