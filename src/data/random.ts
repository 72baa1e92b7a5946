/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018) seeded through SplitMix32, and the
 * row order of an epoch drawn from it. Integer arithmetic only, so a seed gives the same stream anywhere.
 */

/** A stream of random numbers that its seed fixes entirely. */
export interface Random {
  /** The next 32 random bits, an integer in [0, 2³²). */
  bits(): number;
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform integer in [0, bound), without modulo bias; `bound` from 1 to 2³². */
  integer(bound: number): number;
  /** Standard normal, by Marsaglia's polar method. */
  normal(): number;
}

/** A generator for `seed`, an integer in [0, 2³²). */
export function createRandom(seed: number): Random {
  const nextSeed = splitMix32(seed);
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

/** Shuffles `order` in place, every permutation equally likely (Fisher–Yates). */
export function shuffle(order: Uint32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = order[last];
    order[last] = order[other];
    order[other] = kept;
  }
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
