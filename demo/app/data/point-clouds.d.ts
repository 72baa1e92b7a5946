/** Types of point-clouds.js. */
import type { Samples } from "./demo-dataset.ts";

interface PointClouds {
  readonly rows: number;
  /** 2 to 8, called A to H. */
  readonly classes: number;
  readonly seed: number;
}

export declare function pointClouds(clouds: PointClouds): Samples;
