/** The costs of blocks of the Hessian: of making them from a sample of the rows, and of using them. */
import type { FitSession } from "./session.ts";

/** Rows of a sample: so many for each of the n columns, and as many more. */
const SAMPLE = { perColumn: 1.25, more: 64 };

/** Rows that samples are drawn from, likewise, and the most cells and scores that they have. */
const CANDIDATES = { perColumn: 16, least: 2048, cells: 2 ** 25, scores: 2 ** 23 };

/** Most bytes of factors. */
const MAX_BYTES = 2 ** 28;

/** Multiply-adds a second of the kernels for factors. */
export const FACTOR_RATE = 8e9;

/** Multiply-adds a second of a device, and seconds that a pass, a matrix and each of its bytes take beside them. */
const DEVICE = {
  cpu: { rate: 8e9, pass: 2e-4, matrix: 0, byte: 0 },
  gpu: { rate: 1e12, pass: 1.5e-3, matrix: 1.5e-3, byte: 1e-9 },
};

/** Most passes that a use may cost. */
const MOST_OF_USE = 0.5;

/** Costs on the device of a session. */
export class HessianCosts {
  readonly #session: FitSession;
  /** n, rows of a block. */
  readonly size: number;

  constructor(session: FitSession) {
    this.#session = session;
    this.size = session.shape.features + (session.shape.bias ? 1 : 0);
  }

  /** Whether a use costs little beside a pass. */
  get isWorthwhile(): boolean {
    if (4 * this.size ** 2 > MAX_BYTES) return false;
    return this.useProducts / FACTOR_RATE <= MOST_OF_USE * this.pass.seconds;
  }

  /** Whether each class can have its own. Two classes have equal ones. */
  get hasBlocks(): boolean {
    const { classes } = this.#session.shape;
    return classes > 2 && 4 * classes * this.size ** 2 <= MAX_BYTES;
  }

  /** Returns what `count` matrices cost in passes: by time, and by multiply-adds. */
  costOf(count: number): { passes: number; work: number } {
    const n = this.size;
    const [moments, factor] = [(this.sampleRows * n ** 2) / 2, n ** 3 / 6];
    const { rate, matrix, byte } = this.#device;
    const seconds = moments / rate + matrix + byte * 4 * n ** 2 + factor / FACTOR_RATE;
    const forward = this.candidateRows / (2 * this.#session.problem.rows.matrix.rows);
    return {
      passes: (count * seconds) / this.pass.seconds + forward,
      work: (count * (moments + factor)) / this.pass.products + forward,
    };
  }

  /** Seconds and multiply-adds of a pass. */
  get pass(): { seconds: number; products: number } {
    const { problem, shape } = this.#session;
    const products = 2 * problem.rows.matrix.rows * shape.features * shape.classes;
    const { rate, pass } = this.#device;
    return { seconds: pass + products / rate, products };
  }

  get #device() {
    const { kind, software } = this.#session.device;
    return kind === "webgpu" && !software ? DEVICE.gpu : DEVICE.cpu;
  }

  /** Multiply-adds of a use. */
  get useProducts(): number {
    return this.#session.shape.classes * this.size ** 2;
  }

  /** Rows that a matrix is summed over. */
  get sampleRows(): number {
    return Math.min(this.candidateRows, Math.ceil(SAMPLE.perColumn * this.size + SAMPLE.more));
  }

  /** Rows that these are drawn from. */
  get candidateRows(): number {
    const { problem, shape } = this.#session;
    const { perColumn, least, cells, scores } = CANDIDATES;
    const affordable = Math.min(cells / this.size, scores / shape.classes);
    const wanted = Math.min(Math.max(least, perColumn * this.size), affordable);
    return Math.min(problem.rows.matrix.rows, Math.max(SAMPLE.more, Math.floor(wanted)));
  }
}
