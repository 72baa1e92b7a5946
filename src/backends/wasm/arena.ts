/** Addresses in a WebAssembly memory, handed out one after the other; what was handed out last is given back first. */
import { LimitError } from "../../errors.ts";

const PAGE = 65_536;

/** Most a WebAssembly memory can hold, bytes. */
const MAX_BYTES = 65_536 * PAGE;

/** Start of every piece: whole cache lines, so that vectors lie in one line. */
const ALIGNMENT = 64;

/** A memory and how much of it is taken. */
export class Arena {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_BYTES / PAGE });
  // Address 0 stands for "none" in the kernels.
  #end = ALIGNMENT;
  // Memory above it is fresh, and so zero already.
  #used = ALIGNMENT;

  /** Where the next piece will start; give it to `release` to take back all that came after. */
  get mark(): number {
    return this.#end;
  }

  /**
   * Takes `bytes` and zeroes them.
   *
   * @throws LimitError if the memory cannot grow that far; nothing is taken
   */
  take(bytes: number, what: string): number {
    const start = this.#end;
    const end = start + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        if (end > MAX_BYTES) throw new RangeError("over 4 GiB");
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        throw new LimitError(
          what,
          `needs ${end} bytes of WebAssembly memory, which this engine does not give`,
          { cause },
        );
      }
    }
    this.#end = end;
    if (this.#used > start) this.bytes(start, Math.min(this.#used, end) - start).fill(0);
    this.#used = Math.max(this.#used, end);
    return start;
  }

  release(mark: number): void {
    this.#end = mark;
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
