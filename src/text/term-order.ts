/**
 * Sorts terms by their code points, as Python sorts strings. JavaScript's order goes by code units, in which characters
 * beyond U+FFFF come before U+E000. The sort goes from the first unit on, so that it can pause, however many terms there
 * are.
 */
import { allocate } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";
import { pause } from "../pause.ts";
import type { TermPool } from "./term-pool.ts";

/** Fewer terms than this are sorted at once. */
const FEW = 2 ** 10;

const PIECE = 2 ** 14;

/** Terms `ids[begin]` to `ids[end − 1]`, equal in their first `depth` units. */
interface Group {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
}

/** Sorts the numbers of terms in place. @throws the signal's reason */
export async function sortTerms(ids: Uint32Array, pool: TermPool, signal?: AbortSignal): Promise<void> {
  const scratch = allocate(Uint32Array, ids.length, "texts");
  const groups: Group[] = [{ begin: 0, end: ids.length, depth: 0 }];
  for (let group = groups.pop(); group; group = groups.pop()) {
    await pause(signal);
    const { begin, end, depth } = group;
    if (end - begin <= FEW) ids.subarray(begin, end).sort((a, b) => compare(pool, a, b, depth));
    else groups.push(...(await divide(pool, ids, scratch, group, signal)));
  }
}

/** Sorts a group by the unit behind those that are equal; returns the groups of those that are equal there, too. */
async function divide(
  pool: TermPool,
  ids: Uint32Array,
  scratch: Uint32Array,
  { begin, end, depth }: Group,
  signal: AbortSignal | undefined,
): Promise<Group[]> {
  // Place of each unit's terms in the group; 0 is for a term that ends.
  const places = new Uint32Array(0x10002);
  const each = (work: (id: number) => void) =>
    inPieces(
      end - begin,
      (first, last) => {
        for (let i = begin + first; i < begin + last; i++) work(ids[i]);
      },
      PIECE,
      signal,
    );
  await each((id) => {
    places[rankAt(pool, id, depth) + 1]++;
  });
  for (let rank = 1; rank < places.length; rank++) places[rank] += places[rank - 1];
  await each((id) => {
    scratch[begin + places[rankAt(pool, id, depth)]++] = id;
  });
  ids.set(scratch.subarray(begin, end), begin);
  // Each place has moved to its end now, where the next rank's begins.
  const groups: Group[] = [];
  for (let rank = 0, first = 0; rank < places.length - 1; first = places[rank++]) {
    if (places[rank] - first > 1)
      groups.push({ begin: begin + first, end: begin + places[rank], depth: depth + 1 });
  }
  return groups;
}

function compare(pool: TermPool, a: number, b: number, depth: number): number {
  return pool.read(a, (unitsA, beginA, endA) =>
    pool.read(b, (unitsB, beginB, endB) => {
      let [i, j] = [beginA + depth, beginB + depth];
      for (; i < endA && j < endB; i++, j++) {
        if (unitsA[i] !== unitsB[j]) return rankOf(unitsA[i]) - rankOf(unitsB[j]);
      }
      return endA - i - (endB - j);
    }),
  );
}

/** Returns 0 if a term ends before its unit `depth`; else 1 + the rank of that unit. */
function rankAt(pool: TermPool, term: number, depth: number): number {
  const unit = pool.unitAt(term, depth);
  return unit < 0 ? 0 : 1 + rankOf(unit);
}

/** Returns the place of a code unit in the order of code points: surrogates behind all others. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
