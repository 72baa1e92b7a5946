/**
 * The seeded generator, compared with numbers computed outside this repository (by the authors' C code for xoshiro128**
 * and a Python version of the rest), and the distributions drawn from it. Every statistic has a fixed seed, so that a
 * test passes always or never; the bounds are the 0.1 % points.
 */
import { describe, expect, test } from "vitest";
import { createRandom, type Random, shuffle } from "../../src/data/random.ts";

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

function identity(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i);
}

/** Returns Pearson's statistic of `counts` for equal expectations. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function countInto(buckets: number, draws: number, next: () => number): number[] {
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < draws; i++) counts[next()]++;
  return counts;
}

describe("bits", () => {
  test.each([
    [0, [3809008728, 1133695204, 53579671, 2891528803, 139681546, 2203266335], 3855962975],
    [1, [2442144158, 3238099751, 3819917871, 2104621829, 2021136066, 4223536128], 4020342576],
    [42, [2837322924, 544945897, 479756282, 3500138142, 339756180, 113173290], 3502085780],
    [2 ** 32 - 1, [835879718, 1921286648, 2356205009, 1885780724, 980451116, 1053911718], 1166679599],
  ])("seed %i: the first six and the thousandth value of the C code", (seed, first, thousandth) => {
    const random = createRandom(seed);
    const values = draw(1000, random.bits);
    expect(values.slice(0, 6)).toEqual(first);
    expect(values[999]).toBe(thousandth);
  });

  test("every bit is set about half the time", () => {
    const random = createRandom(5);
    const ones = new Array<number>(32).fill(0);
    const draws = 10_000;
    for (let i = 0; i < draws; i++) {
      const value = random.bits();
      for (let bit = 0; bit < 32; bit++) ones[bit] += (value >>> bit) & 1;
    }
    // Binomial with standard deviation 50; 4.2 deviations are 0.1 % over 32 bits, two-sided.
    for (const count of ones) expect(Math.abs(count - draws / 2)).toBeLessThan(210);
  });

  test("two generators do not disturb each other", () => {
    const alone = draw(8, createRandom(1).bits);
    const first = createRandom(1);
    const second = createRandom(2);
    const interleaved = draw(8, () => {
      second.bits();
      return first.bits();
    });
    expect(interleaved).toEqual(alone);
  });
});

describe("uniform", () => {
  test("is the bits over 2³²", () => {
    expect(draw(3, createRandom(0).uniform)).toEqual([
      3809008728 / 2 ** 32,
      1133695204 / 2 ** 32,
      53579671 / 2 ** 32,
    ]);
  });

  test("stays in [0, 1) and fills 16 equal intervals evenly", () => {
    const random = createRandom(11);
    const counts = countInto(16, 16_000, () => {
      const value = random.uniform();
      expect(value >= 0 && value < 1).toBe(true);
      return Math.floor(16 * value);
    });
    expect(chiSquare(counts)).toBeLessThan(37.7);
  });
});

describe("integer", () => {
  test("values computed in Python, one bound that seldom rejects and one that rejects half", () => {
    expect(draw(12, integers(createRandom(7), 10))).toEqual([0, 7, 9, 8, 7, 9, 7, 4, 8, 0, 0, 4]);
    const rejecting = [1004282400, 1928073449, 741806228, 2033801169, 1532573114, 964317380];
    expect(draw(6, integers(createRandom(7), 2 ** 31 + 1))).toEqual(rejecting);
  });

  test("the smallest and the largest bound", () => {
    expect(draw(5, integers(createRandom(3), 1))).toEqual([0, 0, 0, 0, 0]);
    expect(draw(5, integers(createRandom(3), 2 ** 32))).toEqual(draw(5, createRandom(3).bits));
  });

  test.each([2, 7, 10])("all values below %i come equally often", (bound) => {
    const counts = countInto(bound, 1000 * bound, integers(createRandom(13), bound));
    // The 0.1 % point of nine degrees of freedom, the most here.
    expect(chiSquare(counts)).toBeLessThan(27.9);
  });

  test("no modulo bias: with a bound of 3·2³⁰ each third comes equally often", () => {
    const next = integers(createRandom(17), 3 * 2 ** 30);
    // Without rejection the lowest third would come twice as often as each other.
    const counts = countInto(3, 9000, () => Math.floor(next() / 2 ** 30));
    expect(chiSquare(counts)).toBeLessThan(13.8);
  });

  function integers(random: Random, bound: number): () => number {
    return () => random.integer(bound);
  }
});

describe("normal", () => {
  test("values computed in Python", () => {
    const expected = [0.5353395359046857, -0.516986435913595, -0.2264945481334106, 0.017263100147749785];
    const values = draw(4, createRandom(0).normal);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i], 12);
  });

  test("mean 0, variance 1, no skew, kurtosis 3, the share within one deviation", () => {
    const draws = 100_000;
    const values = draw(draws, createRandom(19).normal);
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / draws;
    const deviation = (variance: number) => 3.3 * Math.sqrt(variance / draws);
    expect(Math.abs(moment(1))).toBeLessThan(deviation(1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(deviation(2));
    expect(Math.abs(moment(3))).toBeLessThan(deviation(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(deviation(96));
    const within = values.filter((value) => Math.abs(value) < 1).length / draws;
    expect(Math.abs(within - 0.6826895)).toBeLessThan(deviation(0.2166));
  });
});

describe("shuffle", () => {
  test("an order computed in Python", () => {
    const order = identity(12);
    shuffle(order, createRandom(42));
    expect([...order]).toEqual([8, 10, 5, 9, 3, 7, 6, 4, 11, 2, 1, 0]);
  });

  test.each([0, 1, 2, 3, 1000])("%i rows stay a permutation", (length) => {
    const order = identity(length);
    shuffle(order, createRandom(23));
    expect(order.slice().sort()).toEqual(identity(length));
  });

  test("the same seed gives the same order, another seed another", () => {
    const orders = [29, 29, 31].map((seed) => {
      const order = identity(100);
      shuffle(order, createRandom(seed));
      return [...order];
    });
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).not.toEqual(orders[0]);
    expect(orders[0]).not.toEqual([...identity(100)]);
  });

  test("the 24 orders of four rows come equally often", () => {
    const random = createRandom(37);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = identity(4);
      shuffle(order, random);
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(49.7);
  });
});
