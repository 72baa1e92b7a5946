/** Second moments of weighted rows, block by block: rows → rows with a 1 for the bias → weighted rows → moments. */
import { allocate } from "../../data/matrix.ts";
import { rowsThatCount } from "../../data/row-weights.ts";
import { pause } from "../../pause.ts";
import type { WasmDataset } from "./dataset.ts";
import type { DenseRows } from "./dense-rows.ts";
import { BLOCK_ROWS, blockRowsOf } from "./workspace.ts";

/** Returns M = Σ_i w_i x̃_i x̃_iᵀ over rows with w_i > 0, `[n,n]`, the lower triangle of it. @throws LimitError */
export function secondMoments(
  data: WasmDataset,
  bias: boolean,
  weights: Float32Array,
  signal?: AbortSignal,
): Promise<Float32Array> {
  return data.exclusively(async () => {
    const { arena, kernels, features } = data;
    const x = data.x as DenseRows;
    const n = features + (bias ? 1 : 0);
    const padded = 4 * Math.ceil(n / 4);
    const take = (bytes: number) => arena.take(bytes, "preconditioner");
    const at = {
      index: take(4 * BLOCK_ROWS),
      addresses: take(4 * BLOCK_ROWS),
      converted: take(x.scratchBytes(BLOCK_ROWS)),
      rows: take(4 * BLOCK_ROWS * padded),
      weights: take(4 * BLOCK_ROWS),
      weighted: take(4 * BLOCK_ROWS * padded),
      moments: take(4 * padded ** 2),
    };
    const gather = (block: Uint32Array) => {
      arena.integers(at.index, block.length).set(block);
      x.gather(kernels, at.index, block.length, at.converted, at.addresses);
    };
    /** Copies the rows of a block, with a 1 for the bias, and their weights. */
    const augment = (block: Uint32Array) => {
      const addresses = arena.integers(at.addresses, block.length);
      const [rows, ofBlock] = [
        arena.floats(at.rows, block.length * padded),
        arena.floats(at.weights, block.length),
      ];
      for (let i = 0; i < block.length; i++) {
        rows.set(arena.floats(addresses[i], features), i * padded);
        if (bias) rows[i * padded + features] = 1;
        addresses[i] = at.rows + 4 * i * padded;
        ofBlock[i] = weights[block[i]];
      }
    };
    const counted = rowsThatCount(weights);
    const blockRows = blockRowsOf(n ** 2 / 2);
    for (let first = 0; first < counted.length; first += blockRows) {
      await pause(signal);
      const block = counted.subarray(first, first + blockRows);
      gather(block);
      augment(block);
      kernels.moments(at.addresses, block.length, at.weights, padded / 4, at.weighted, padded, at.moments);
    }
    await pause(signal);
    const result = allocate(Float32Array, n ** 2, "x");
    for (let i = 0; i < n; i++) result.set(arena.floats(at.moments + 4 * i * padded, n), i * n);
    return result;
  });
}
