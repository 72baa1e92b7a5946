/**
 * WebAssembly memories and the pieces of them that are taken. An engine holds only so many memories at once (Chromium
 * 124 in a page, since each reserves 8 GiB of addresses, however small it is), so small data sets lie in one memory
 * together. A large one has a memory of its own, which goes when it goes: a memory never shrinks. What the pieces are
 * used for is not decided here.
 */
import { DeviceError, LimitError } from "../../errors.ts";
import { wordsOf } from "../device-error.ts";
import { instantiate, type Kernels } from "./kernels.ts";

const PAGE = 65_536;

/** Most a WebAssembly memory can hold, bytes. */
const MAX_BYTES = 65_536 * PAGE;

/** Start of every piece: whole cache lines, so that vectors lie in one line. */
const ALIGNMENT = 64;

/** Largest data set that shares a memory, bytes. */
const LARGEST_SHARED = 2 ** 24;

/** A common memory that has grown over this takes no further data sets, and is not kept for those to come; bytes. */
const COMMON_BYTES = 2 ** 26;

/** Consecutive bytes. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A memory whose pieces are taken and given back in any order. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #kernels = new Map<WebAssembly.Module, Promise<Kernels>>();
  /** What was given back below the end, ascending; none touches another, or the end. */
  #gaps: Span[] = [];
  // Address 0 stands for "none" in the kernels.
  #end = ALIGNMENT;
  // Memory above it is fresh, and so zero already.
  #used = ALIGNMENT;

  /** @throws DeviceError where the engine gives no memory */
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

  /** Bytes that the memory has, taken or not. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** The kernels of `module` over this memory. @throws DeviceError where they do not start */
  kernels(module: WebAssembly.Module): Promise<Kernels> {
    const kernels = this.#kernels.get(module) ?? instantiate(module, this.memory);
    this.#kernels.set(module, kernels);
    // What failed once may work the next time.
    kernels.catch(() => this.#kernels.delete(module));
    return kernels;
  }

  /**
   * Takes `bytes` and zeroes them. Views of the memory that were made before may be views of nothing afterwards.
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

  /** Gives back what was taken as so many bytes. */
  give(start: number, bytes: number): void {
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
        `needs ${bytes} bytes of WebAssembly memory beside the ${end - sizeOf(bytes)} in use, which this engine does not give`,
        { cause },
      );
    }
  }
}

/** Where small data sets lie together. */
let common: Heap | null = null;

/**
 * The memory for a data set of `bytes`. A large one for which the engine gives no memory of its own shares one, too.
 *
 * @throws DeviceError where there is none at all
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

/** Whole cache lines, at least one. */
function sizeOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
}
