/** Which terms a vocabulary keeps: those in enough texts, in not too many, and of these the most frequent. */
import { allocate } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";
import { DataError, OptionError } from "../errors.ts";
import { sortTerms } from "./term-order.ts";
import type { TermPool } from "./term-pool.ts";

/** Limits of a vocabulary, by the options' names. */
export interface TermLimits {
  readonly minDf: number;
  readonly maxDf: number;
  readonly maxFeatures: number | null;
}

/** All terms of the texts. */
export interface CountedTerms {
  readonly pool: TermPool;
  /** Number of texts that have a term, by the term's number. */
  readonly documents: Uint32Array;
  /** How often a term occurs in all texts together, by its number. */
  readonly totals: Uint32Array;
  /** Number of texts. */
  readonly texts: number;
}

/** Terms gone through between two looks at the clock. */
const PIECE = 2 ** 14;

/**
 * Returns the numbers of the terms to keep, sorted by code points. Of terms that occur equally often, `maxFeatures` takes
 * those that come first in that order.
 *
 * @throws OptionError `maxDf` is less than `minDf`, in texts
 * @throws DataError no term is left
 */
export async function selectTerms(
  { pool, documents, totals, texts }: CountedTerms,
  limits: TermLimits,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  if (pool.size === 0)
    throw new DataError(
      "texts",
      "hold no term: no text has a word that the options accept; look at tokenPattern and stopWords",
    );
  const { least, most } = bounds(limits, texts);
  const all = allocate(Uint32Array, pool.size, "texts");
  let count = 0;
  const take = (begin: number, end: number) => {
    for (let term = begin; term < end; term++)
      if (documents[term] >= least && documents[term] <= most) all[count++] = term;
  };
  await inPieces(pool.size, take, PIECE, signal);
  if (count === 0)
    throw new DataError(
      "texts",
      "no term is in as many texts as minDf asks for and in no more than maxDf allows; " +
        "lower minDf or raise maxDf",
    );
  const kept = all.subarray(0, count);
  await sortTerms(kept, pool, signal);
  const { maxFeatures } = limits;
  if (maxFeatures === null || count <= maxFeatures) return kept.slice();
  return mostFrequent(kept, totals, maxFeatures, signal);
}

/** Returns the least and the largest number of texts that a term may be in. @throws OptionError */
function bounds({ minDf, maxDf }: TermLimits, texts: number) {
  const least = minDf < 1 ? minDf * texts : minDf;
  const most = maxDf <= 1 ? maxDf * texts : maxDf;
  if (most >= least) return { least, most };
  throw new OptionError(
    "maxDf",
    `stands for ${most} of ${texts} texts, less than minDf, ${least}; raise it or lower minDf`,
  );
}

/** Returns the `count` terms with the largest totals, in the given order. */
async function mostFrequent(
  terms: Uint32Array,
  totals: Uint32Array,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Uint32Array> {
  const { threshold, above } = await thresholdOf(terms, totals, count, signal);
  const taken = new Uint32Array(count);
  let [free, at] = [count - above, 0];
  const take = (begin: number, end: number) => {
    for (const term of terms.subarray(begin, end)) {
      if (totals[term] > threshold || (totals[term] === threshold && free-- > 0)) taken[at++] = term;
    }
  };
  await inPieces(terms.length, take, PIECE, signal);
  return taken;
}

/** Returns the total of the last term to be kept, and how many terms have more, by two counts of 16 bits each. */
async function thresholdOf(
  terms: Uint32Array,
  totals: Uint32Array,
  count: number,
  signal: AbortSignal | undefined,
) {
  let above = 0;
  const lastBin = async (binOf: (total: number) => number) => {
    const bins = new Uint32Array(0x10001);
    const add = (begin: number, end: number) => {
      for (const term of terms.subarray(begin, end)) bins[binOf(totals[term])]++;
    };
    await inPieces(terms.length, add, PIECE, signal);
    let bin = 0xffff;
    while (above + bins[bin] < count) above += bins[bin--];
    return bin;
  };
  const high = await lastBin((total) => total >>> 16);
  // Totals with another upper half go to a bin that is not looked at.
  const low = await lastBin((total) => (total >>> 16 === high ? total & 0xffff : 0x10000));
  return { threshold: high * 0x10000 + low, above };
}
