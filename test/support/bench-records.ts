/** A record of the benchmark, and the parts of one, with round figures. */
import type {
  AdapterRecord,
  BenchRecord,
  BenchShape,
  CeilingsRecord,
  KernelRecord,
  Spread,
  StepRecord,
} from "../../bench/record.ts";

export const spread = (median: number): Spread => ({
  median,
  min: 0.9 * median,
  max: 1.2 * median,
  count: 9,
});
export const shapeOf = (rows: number, features: number, classes: number): BenchShape => ({
  rows,
  features,
  classes,
});

export const ADAPTER: AdapterRecord = {
  vendor: "apple",
  architecture: "metal-3",
  device: "",
  description: "",
  software: false,
  features: ["shader-f16"],
  limits: { maxBufferSize: 2 ** 32 },
};

/** 1000 GFLOP/s and 100 GB/s: the ridge lies at 10 operations per byte. */
export const CEILINGS: CeilingsRecord = {
  fma: spread(1000),
  read: spread(100),
  dispatch: spread(4),
  submit: spread(120),
};

export const SHAPE = shapeOf(1024, 784, 10);

export function kernelOf(changes: Partial<KernelRecord> = {}): KernelRecord {
  return {
    kernel: "forward",
    variant: "4 × 10 tile",
    shape: SHAPE,
    storage: "f32",
    time: spread(2),
    flops: 1e9,
    bytes: 1e6,
    error: 1e-7,
    tolerance: 1e-5,
    ...changes,
  };
}

export function stepOf(changes: Partial<StepRecord> = {}): StepRecord {
  return {
    contender: "softmax-webgpu 0.1.0 webgpu",
    shape: SHAPE,
    storage: "f32",
    time: spread(0.5),
    error: 1e-7,
    tolerance: 1e-4,
    note: "the fastest of six",
    ...changes,
  };
}

export function recordOf(changes: Partial<BenchRecord> = {}): BenchRecord {
  return {
    version: 1,
    date: "2026-11-20T14:05:31.123Z",
    machine: { runtime: "browser", agent: "Chrome/156", cpu: "M2", cores: 8, adapter: ADAPTER },
    versions: { "softmax-webgpu": "0.1.0" },
    ceilings: CEILINGS,
    kernels: [kernelOf()],
    steps: [stepOf()],
    failures: [{ what: "jax-js", message: "out of memory" }],
    ...changes,
  };
}
