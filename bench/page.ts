/** The page side of `npm run bench`: measures what the command asks for. */
import { measureCeiling, measureForward } from "./ceiling.ts";
import type { BenchShape, Contender } from "./contender.ts";
import { ownWasm } from "./contenders/own-wasm.ts";
import { type Measurement, measure, problemOf } from "./measure.ts";

/** What the command asks of one shape. */
export interface ShapeRequest {
  readonly shape: BenchShape;
  readonly withPeers: boolean;
  readonly rounds: number;
}

/** What was measured at one shape. */
export interface ShapeReport {
  readonly shape: BenchShape;
  readonly measurements: readonly Measurement[];
  /** GFLOP/s of one thread. */
  readonly ceiling: number;
  readonly forward: number;
}

declare global {
  interface Window {
    /** Called by the command. */
    measureShape: (request: ShapeRequest) => Promise<ShapeReport>;
  }
}

window.measureShape = async ({ shape, withPeers, rounds }) => {
  const contenders: Contender[] = [ownWasm(1), ownWasm(2)];
  if (withPeers) {
    const { tfjsWasm } = await import("./contenders/tfjs-wasm.ts");
    const { jaxWasm } = await import("./contenders/jax-wasm.ts");
    contenders.push(tfjsWasm, jaxWasm);
  }
  const measurements = await measure(shape, contenders, rounds);
  return {
    shape,
    measurements,
    ceiling: await measureCeiling(),
    forward: await measureForward(problemOf(shape)),
  };
};
