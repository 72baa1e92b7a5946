/** Counts WebAssembly memories, in an engine with a limit on their number. */
const { Memory: Given } = WebAssembly;

/** The count, and a function that restores the engine. */
export interface Memories {
  readonly made: number;
  restore(): void;
}

/** Limits the engine to `most` further memories. */
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
