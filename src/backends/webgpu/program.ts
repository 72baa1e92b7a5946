/** Programs: what the submitter asks of those who encode the dispatches of its segments. */
import type { ColumnFields } from "./records.ts";
import type { Segment } from "./segments.ts";

/** Index of a frame: of the buffers of one of the two submits that may be in flight. */
export type Frame = 0 | 1;

/** Turns segments into dispatches. */
export interface Program<S extends Segment = Segment> {
  /** Returns the number of loss pairs that a segment writes. */
  lossPairs(segment: S): number;
  /** Encodes a segment's dispatches, which read its uniform record `offset` bytes into the frame's `segment` buffer. */
  encode(pass: GPUComputePassEncoder, segment: S, frame: Frame, offset: number): void;
  /** Returns the work of a segment, of which each submit takes as much as fits its time. Default: its rows. */
  workOf?(segment: S): number;
  /** Columns of sparse rows that go up with a submit. Default: none. */
  readonly columns?: ColumnUploads<S>;
}

/** Uploads the columns of segments into buffers that every submit writes anew. */
export interface ColumnUploads<S extends Segment> {
  /** Most elements of one submit. */
  readonly capacity: number;
  sizeOf(segment: S): number;
  /** Writes the columns of a submit's segments, and returns where they lie. */
  write(segments: readonly S[]): readonly ColumnFields[];
}

/** Returns the work of a segment. */
export function workOf<S extends Segment>(program: Program<S>, segment: S): number {
  return program.workOf?.(segment) ?? segment.count;
}
