/**
 * Seeded random numbers, xoshiro128** (Blackman and Vigna, 2018) seeded through SplitMix32, and the row order of an
 * epoch drawn from them. Only integer arithmetic is used for the bits, so that a seed gives the same stream on every
 * engine.
 */
import { pause } from "../pause.ts";

/** A stream of random numbers, determined by its seed. */
export interface Random {
  /** Returns the next 32 random bits as an integer in [0, 2³²). */
  bits(): number;
  /** Returns a number uniform in [0, 1), with 32 bits of resolution. */
  uniform(): number;
  /** Returns an integer uniform in [0, bound), without modulo bias; `bound` is from 1 to 2³². */
  integer(bound: number): number;
  /** Returns a standard normal number, by Marsaglia's polar method. */
  normal(): number;
}

/** Makes a generator for `seed`, which has independent streams numbered by `stream`; both are integers in [0, 2³²). */
export function createRandom(seed: number, stream = 0): Random {
  const nextSeed = splitMix32(seed ^ mixed(stream));
  let a = nextSeed();
  let b = nextSeed();
  let c = nextSeed();
  let d = nextSeed();

  function bits(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  function uniform(): number {
    return bits() / 2 ** 32;
  }

  function integer(bound: number): number {
    const unbiased = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = bits();
      if (value < unbiased) return value % bound;
    }
  }

  function normal(): number {
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  return { bits, uniform, integer, normal };
}

/** Number of elements shuffled between two pauses. */
const PIECE = 2 ** 15;

/** Shuffles `order` in place; every permutation is equally likely (Fisher–Yates). */
export function shuffle(order: Uint32Array, random: Random): void {
  shuffleDown(order, random, order.length - 1, 0);
}

/**
 * Returns the row indices 0 … rows − 1 in the order of an epoch: a permutation determined by `seed` and `epoch` alone,
 * and not by earlier draws.
 *
 * @throws the signal's reason, once it is aborted
 */
export async function epochOrder(
  rows: number,
  seed: number,
  epoch: number,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const order = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  // Stream 0 belongs to the row samples that solvers draw.
  const random = createRandom(seed, epoch + 1);
  for (let last = rows - 1; last > 0; last -= PIECE) {
    await pause(signal);
    shuffleDown(order, random, last, Math.max(0, last - PIECE));
  }
  return order;
}

/** Runs the steps of Fisher–Yates for the elements from `last` down to `end`, without `end`. */
function shuffleDown(order: Uint32Array, random: Random, last: number, end: number): void {
  for (let at = last; at > end; at--) {
    const other = random.integer(at + 1);
    const kept = order[at];
    order[at] = order[other];
    order[other] = kept;
  }
}

/** Mixes the bits of a stream number; 0 stays 0. */
function mixed(stream: number): number {
  let z = stream >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x7feb352d);
  z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
  return (z ^ (z >>> 16)) >>> 0;
}

function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}
