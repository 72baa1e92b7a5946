/** Counts the WebAssembly memories that are made, in an engine that gives only so many. */
const { Memory: Given } = WebAssembly;

/** How many were made, and what puts the engine's own back. */
export interface Memories {
  readonly made: number;
  restore(): void;
}

/** From now on, at most `most` memories can be made. */
export function countMemories(most = Infinity): Memories {
  let made = 0;
  WebAssembly.Memory = class extends Given {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (made >= most) throw new RangeError("could not allocate memory");
      super(descriptor);
      made++;
    }
  };
  return {
    get made() {
      return made;
    },
    restore() {
      WebAssembly.Memory = Given;
    },
  };
}
