/**
 * The record of a benchmark run: one JSON document that the command prints and the page draws, and that can be saved,
 * sent, opened elsewhere and compared. Every result holds its error beside its time; if the error is over the
 * tolerance, the result is to be shown as wrong, without a time.
 *
 * The schema says what a file may hold, which may come from anywhere: types, ranges, and sizes that keep the page
 * responsive.
 */
import * as v from "valibot";

/** The format's version; a reader refuses others. */
export const RECORD_VERSION = 1;

/** The part that a failure names if the GPU was lost on the way. */
export const LOST_GPU = "the GPU";

const MAX_RESULTS = 2000;

const text = v.pipe(v.string(), v.maxLength(300));
// A message may quote a whole shader.
const longText = v.pipe(v.string(), v.maxLength(100_000));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** Largest difference from the float64 reference as a share of the largest value. JSON writes NaN as null. */
const error = v.pipe(
  v.nullable(amount),
  v.transform((value) => value ?? Number.NaN),
);
const textByName = v.pipe(v.record(text, text), v.maxEntries(50), v.readonly());
const results = <T extends v.GenericSchema>(result: T) =>
  v.pipe(v.array(result), v.maxLength(MAX_RESULTS), v.readonly());

/** A median with the span of `count` measurements. */
const spreadOf = (value: v.GenericSchema<number>) =>
  v.pipe(
    v.object({ median: value, min: value, max: value, count }),
    v.check(({ median, min, max }) => min <= median && median <= max, "the median lies outside min to max"),
    v.readonly(),
  );
const spread = spreadOf(amount);
/** ms; nothing takes none. */
const time = spreadOf(positive);
/** One shape: N rows as one batch, D features, K classes. */
const shape = v.pipe(v.object({ rows: count, features: count, classes: count }), v.readonly());
/** Storage of X on the device. */
const storage = v.picklist(["f32", "f16", "u8"]);

/** The GPU as WebGPU describes it. */
const adapter = v.pipe(
  v.object({
    vendor: text,
    architecture: text,
    device: text,
    description: text,
    /** Whether it is a software adapter, whose times say nothing about a GPU. */
    software: v.boolean(),
    features: v.pipe(v.array(text), v.maxLength(200), v.readonly()),
    limits: v.pipe(v.record(text, amount), v.maxEntries(200), v.readonly()),
  }),
  v.readonly(),
);

/** The machine that was measured. */
const machine = v.pipe(
  v.object({
    runtime: v.picklist(["browser", "node"]),
    /** User agent, or Node's version and platform. */
    agent: longText,
    /** The processor's name, if it is known. */
    cpu: v.exactOptional(text),
    cores: count,
    /** null without WebGPU. */
    adapter: v.nullable(adapter),
  }),
  v.readonly(),
);

/** The most that the adapter can do, measured in the same run. */
const ceilings = v.pipe(
  v.object({
    /** GFLOP/s of independent chains of multiply-adds; a multiply-add is two operations. */
    fma: spread,
    /** GB/s of reading a buffer larger than caches once, coalesced. */
    read: spread,
    /** µs of one minimal dispatch inside a pass. */
    dispatch: spread,
    /** µs of one submit of a minimal dispatch, with the wait for it. */
    submit: spread,
  }),
  v.readonly(),
);

/** One kernel at one shape. */
const kernel = v.pipe(
  v.object({
    /** The shader's name, for example `"forward"`. */
    kernel: text,
    /** How it was fitted, in words, for example `"4 × 10 tile"`. */
    variant: text,
    shape,
    storage,
    /** ms of one dispatch. */
    time,
    /** Floating-point operations of one dispatch by the formula (2NDK for a product), padding not counted. */
    flops: amount,
    /** Least bytes that must move: each input read once, each output written once. */
    bytes: positive,
    error,
    /** The largest error that is allowed. */
    tolerance: amount,
  }),
  v.readonly(),
);

/** One library taking training steps at one shape. */
const step = v.pipe(
  v.object({
    /** Name and version, for example `"TF.js 4.22.0 webgpu"`. */
    contender: text,
    shape,
    storage,
    /** ms of one step. */
    time,
    /** Of a weight after three steps. */
    error,
    tolerance: amount,
    /** Choices of the contender and their reasons, if it gives any. */
    note: v.exactOptional(longText),
  }),
  v.readonly(),
);

/** A part that could not be measured, and why. */
const failure = v.pipe(v.object({ what: text, message: longText }), v.readonly());

/** A whole run. */
export const benchRecord = v.pipe(
  v.object({
    version: v.literal(RECORD_VERSION),
    /** ISO 8601, UTC. */
    date: v.pipe(v.string(), v.isoTimestamp()),
    machine,
    /** Versions of the measured libraries, by name. */
    versions: textByName,
    /** null without WebGPU, or if it was not asked for. */
    ceilings: v.nullable(ceilings),
    kernels: results(kernel),
    steps: results(step),
    failures: results(failure),
  }),
  v.readonly(),
);

export type BenchShape = v.InferOutput<typeof shape>;
export type BenchStorage = v.InferOutput<typeof storage>;
export type Spread = v.InferOutput<typeof spread>;
export type AdapterRecord = v.InferOutput<typeof adapter>;
export type MachineRecord = v.InferOutput<typeof machine>;
export type CeilingsRecord = v.InferOutput<typeof ceilings>;
export type KernelRecord = v.InferOutput<typeof kernel>;
export type StepRecord = v.InferOutput<typeof step>;
export type FailureRecord = v.InferOutput<typeof failure>;
export type BenchRecord = v.InferOutput<typeof benchRecord>;

/** Returns whether a result may be shown with its time. */
export function isCorrect({ error, tolerance }: Pick<StepRecord, "error" | "tolerance">): boolean {
  return error <= tolerance;
}
