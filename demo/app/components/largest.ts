/** Finds the positions of a few largest numbers among thousands, without sorting all of them. */

/** Returns the positions of the `most` largest sizes among `length`, ascending; of equal ones, the first. */
export function largestAt(length: number, sizeOf: (at: number) => number, most: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < length; at++) {
    const size = sizeOf(at);
    if (found.length === most && !(size > sizeOf(found[most - 1]))) continue;
    const place = found.findIndex((other) => size > sizeOf(other));
    found.splice(place < 0 ? found.length : place, 0, at);
    found.length = Math.min(found.length, most);
  }
  return found.sort((a, b) => a - b);
}
