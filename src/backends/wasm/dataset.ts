/** A data set in a WebAssembly memory of its own, rows padded to whole vectors. Eight-bit data stays eight-bit. */
import { elementScale, isByteData, type Matrix } from "../../data/matrix.ts";
import type { Targets } from "../../data/targets.ts";
import { pause } from "../../pause.ts";
import type { Dataset, DatasetSource } from "../backend.ts";
import { Arena } from "./arena.ts";
import { instantiate, type Kernels } from "./kernels.ts";

/** Values of the kernels' `storage` and `kind`. */
export const STORAGE = { f32: 0, u8: 1 } as const;
export const TARGETS = { none: 0, labels: 1, distributions: 2 } as const;

/** Bytes packed between two pauses. */
const PIECE = 2 ** 22;

/** {@link Dataset} in WebAssembly. */
export interface WasmDataset extends Dataset {
  readonly arena: Arena;
  readonly kernels: Kernels;
  readonly storage: keyof typeof STORAGE;
  readonly targetKind: Targets["kind"];
  readonly sampleWeights: Float32Array | undefined;
  /** Vectors of four features in a row. */
  readonly vectors: number;
  readonly rowBytes: number;
  /** Bytes of a row of scores and of target distributions: ⌈K/4⌉ vectors; 0 where targets are no distributions. */
  readonly targetStride: number;
  /** Addresses; 0 for none. */
  readonly at: { readonly x: number; readonly targets: number; readonly sampleWeights: number };
  /** End of the data: behind it, a trainer has its workspace. */
  readonly mark: number;
}

/** Copies a data set. @throws LimitError past 4 GiB, or less where the engine gives less */
export async function createDataset(module: WebAssembly.Module, source: DatasetSource): Promise<WasmDataset> {
  const { x, targets, sampleWeights } = source;
  const storage = isByteData(x.data) ? "u8" : "f32";
  const arena = new Arena();
  const rowBytes = rowBytesOf(x.cols, storage);
  const targetStride = targets.kind === "distributions" ? Math.ceil(targets.distributions.cols / 4) * 16 : 0;
  const at = {
    x: arena.take(x.rows * rowBytes, "x"),
    targets: targets.kind === "none" ? 0 : arena.take(x.rows * (targetStride || 4), "y"),
    sampleWeights: sampleWeights ? arena.take(x.rows * 4, "sampleWeights") : 0,
  };
  await packRows(arena, at.x, x, storage, rowBytes);
  if (targets.kind === "labels") arena.integers(at.targets, x.rows).set(targets.labels);
  if (targets.kind === "distributions")
    await packDistributions(arena, at.targets, targets.distributions, targetStride);
  if (sampleWeights) arena.floats(at.sampleWeights, x.rows).set(sampleWeights);
  return {
    rows: x.rows,
    features: x.cols,
    arena,
    kernels: await instantiate(module, arena.memory),
    storage,
    targetKind: targets.kind,
    sampleWeights,
    vectors: Math.ceil(x.cols / 4),
    rowBytes,
    targetStride,
    at,
    mark: arena.mark,
    dispose: () => {},
  };
}

/** Whole 16 bytes, and never a multiple of 256: rows that far apart would compete for the same cache lines. */
function rowBytesOf(cols: number, storage: keyof typeof STORAGE): number {
  const bytes = storage === "u8" ? Math.ceil(cols / 16) * 16 : Math.ceil(cols / 4) * 16;
  return bytes % 256 === 0 && storage === "f32" ? bytes + 64 : bytes;
}

async function packRows(
  arena: Arena,
  start: number,
  x: Matrix,
  storage: keyof typeof STORAGE,
  rowBytes: number,
) {
  const { data, rows, cols } = x;
  const stride = storage === "u8" ? rowBytes : rowBytes / 4;
  const target = storage === "u8" ? arena.bytes(start, rows * stride) : arena.floats(start, rows * stride);
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / rowBytes));
  for (let i = 0; i < rows; i++) {
    target.set(data.subarray(i * cols, (i + 1) * cols), i * stride);
    if (i % rowsAtOnce === 0) await pause();
  }
}

async function packDistributions(arena: Arena, start: number, { data, rows, cols }: Matrix, stride: number) {
  const scale = elementScale(data);
  const target = arena.floats(start, (rows * stride) / 4);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < cols; k++) target[(i * stride) / 4 + k] = data[i * cols + k] * scale;
    if (i % PIECE === 0) await pause();
  }
}
