/** The weights of a class pixel by pixel, and the scale that pictures of them share. */
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Snapshot } from "../../state/session.ts";

/** Class k's weights `[height·width]`; of several channels, their mean. Before training all are 0. */
export function weightsOfPixels(snapshot: Snapshot | null, k: number, shape: ImageShape): Float32Array {
  const { width, height, channels } = shape;
  const pixels = width * height;
  if (!snapshot) return new Float32Array(pixels);
  const own = snapshot.weights.subarray(k * pixels * channels, (k + 1) * pixels * channels);
  if (channels === 1) return own;
  const means = new Float32Array(pixels);
  for (let j = 0; j < own.length; j++) means[Math.floor(j / channels)] += own[j] / channels;
  return means;
}

/** The largest |w| of the pictures of the first classes, `count` of them at most; 0 without any. */
export function largestWeight(snapshot: Snapshot | null, shape: ImageShape, count: number): number {
  if (!snapshot) return 0;
  let most = 0;
  for (let k = 0; k < Math.min(count, snapshot.classes.length); k++)
    for (const weight of weightsOfPixels(snapshot, k, shape)) most = Math.max(most, Math.abs(weight));
  return most;
}
