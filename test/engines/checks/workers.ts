/** Checks of threads in pages: workers are started, compute the same, end with the model, and may fail. */
import type { SoftmaxRegressionOptions } from "../../../src/index.ts";
import { withModel } from "./fits.ts";
import {
  assert,
  assertClose,
  assertSame,
  type Checks,
  type Given,
  type Library,
  rejection,
} from "./given.ts";

/** A step large enough for `"auto"` to try workers. */
const ROWS = { rows: 4000, seed: 3 };
const STEPS = { solver: "sgd", epochs: 4, batchSize: 2000, learningRate: 0.05 } as const;

/** Counts of the workers of this page, which lasts until `restore`. */
interface WorkerCounts {
  readonly alive: Set<Worker>;
  readonly made: number;
  restore(): void;
}

/** Counts workers from now on. `onMade` is called with each. */
function countWorkers(onMade: (worker: Worker) => void = () => {}): WorkerCounts {
  const Given = globalThis.Worker;
  const alive = new Set<Worker>();
  let made = 0;
  globalThis.Worker = class extends Given {
    constructor(...args: ConstructorParameters<typeof Given>) {
      super(...args);
      made++;
      alive.add(this);
      onMade(this);
    }
    override terminate() {
      alive.delete(this);
      super.terminate();
    }
  };
  return {
    alive,
    get made() {
      return made;
    },
    restore: () => {
      globalThis.Worker = Given;
    },
  };
}

/** Fits on threads, and returns the weights and what became of the workers. */
async function fitted(
  { library }: Given,
  options: SoftmaxRegressionOptions,
  onMade?: (worker: Worker) => void,
) {
  const { x, y } = library.digits.strokeDigits(ROWS);
  const workers = countWorkers(onMade);
  try {
    const weights = await withModel({ library, device: "wasm" }, { ...STEPS, ...options }, async (model) => {
      await model.fit(x, y);
      return model.weights;
    });
    return { weights, made: workers.made, left: workers.alive.size };
  } finally {
    workers.restore();
  }
}

/** Makes a worker die when it gets its third message. */
function dieLater(worker: Worker): void {
  let messages = 0;
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (...args: unknown[]) => {
    if (++messages === 3) worker.dispatchEvent(new ErrorEvent("error", { message: "died of a test" }));
    else (post as (...args: unknown[]) => void)(...args);
  };
}

async function assertThreads(given: Given, options: SoftmaxRegressionOptions = {}): Promise<void> {
  const alone = await fitted(given, { threads: 1 });
  const shared = await fitted(given, { threads: 3, ...options });
  assertSame([alone.made, shared.made, shared.left], [0, 2, 0], "workers alone, made, left");
  assertClose(shared.weights, alone.weights, { absolute: 1e-5, relative: 0 }, "weights");
}

const workerFile = ({ base }: Library) => `${base}worker.js`;

export const WORKER_CHECKS: Checks = {
  "threads learn what one thread learns, and end with the model": (given) => assertThreads(given),

  "threads from the package's own script": (given) =>
    assertThreads(given, { workerUrl: workerFile(given.library) }),

  "automatic threads have the bits of as many by number": async (given) => {
    const automatic = await fitted(given, { epochs: 12 });
    const cores = Math.min(8, navigator.hardwareConcurrency);
    const byNumber = await fitted(given, { epochs: 12, threads: cores });
    if (cores > 1)
      assert(automatic.made === cores - 1, `${automatic.made} workers were tried on ${cores} cores`);
    assertSame(automatic.weights, byNumber.weights, "weights");
  },

  "a worker that dies: by number an error, else this thread goes on with the same bits": async (given) => {
    const { DeviceError } = given.library.main;
    const error = await rejection(fitted(given, { threads: 2 }, dieLater));
    assert(error instanceof DeviceError && /died of a test/.test(error.message), String(error));
    if (navigator.hardwareConcurrency === 1) return;
    const whole = await fitted(given, { epochs: 12 });
    const broken = await fitted(given, { epochs: 12 }, dieLater);
    assert(broken.left === 0, `${broken.left} workers are left`);
    assertSame(broken.weights, whole.weights, "weights");
  },

  "a worker's script that is not there is named": async (given) => {
    const { DeviceError } = given.library.main;
    const workerUrl = `${given.library.base}nowhere.js`;
    const error = await rejection(fitted(given, { threads: 2, workerUrl }));
    assert(error instanceof DeviceError && error.message.includes("nowhere.js"), String(error));
  },

  "a page trains in a module worker, on threads of that": async ({ library }) => {
    const worker = new Worker(new URL("../checks/nested.js", library.base), { type: "module" });
    const seen = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`the worker: ${message}`));
      worker.postMessage(library.base);
    });
    worker.terminate();
    assertSame(seen, { accuracy: true, kind: "wasm" }, "of the worker");
  },
};

/** In a page whose policy forbids workers from blobs. */
export const WITHOUT_BLOBS_CHECKS: Checks = {
  "threads by number are refused with advice, threads from a script work": async (given) => {
    const { DeviceError } = given.library.main;
    const error = await rejection(fitted(given, { threads: 2 }));
    assert(error instanceof DeviceError && error.message.includes("workerUrl"), String(error));
    await assertThreads(given, { workerUrl: workerFile(given.library) });
  },

  "automatic threads do without": async (given) => {
    const { left } = await fitted(given, { epochs: 12 });
    assert(left === 0, `${left} workers are left`);
  },
};

/** In a page whose policy forbids WebAssembly. */
export const WITHOUT_WASM_CHECKS: Checks = {
  "WebAssembly is refused with the directive that is missing, the reference trains": async ({ library }) => {
    const { SoftmaxRegression } = library.main;
    const words =
      /does not (compile|start) here: .*; the page's policy needs 'wasm-unsafe-eval' in script-src/s;
    const train = async (device: "wasm" | "auto") => {
      const model = new SoftmaxRegression({ device });
      await model.fit([[0], [1]], [0, 1]);
      return model.device;
    };
    const error = await rejection(train("wasm"));
    assert(words.test(error.message), String(error));
    const { kind, reason } = (await train("auto")) ?? {};
    assert(kind === "reference" && words.test(reason ?? ""), `${kind}: ${reason}`);
  },
};
