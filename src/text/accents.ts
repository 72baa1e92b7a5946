/**
 * Strips accents as scikit-learn does. Both of its ways decompose characters (NFKD) and then drop some. Whether
 * a character is dropped does not depend on its neighbours, so that each code point has one replacement, found once.
 */

/** How accents are stripped: combining marks alone, or everything that ASCII does not have. */
export type AccentStripping = "unicode" | "ascii";

const BEYOND_ASCII = /[^\0-\x7f]/;
const EACH_BEYOND_ASCII = /[^\0-\x7f]/gu;

const replacements: Readonly<Record<AccentStripping, Map<string, string>>> = {
  unicode: new Map(),
  ascii: new Map(),
};

/** Returns a text without accents. */
export function stripAccents(text: string, how: AccentStripping): string {
  if (!BEYOND_ASCII.test(text)) return text;
  const known = replacements[how];
  return text.replace(EACH_BEYOND_ASCII, (character) => {
    let replacement = known.get(character);
    if (replacement === undefined) {
      replacement = strippedCharacter(character, how);
      known.set(character, replacement);
    }
    return replacement;
  });
}

function strippedCharacter(character: string, how: AccentStripping): string {
  const decomposed = Array.from(character.normalize("NFKD"));
  return decomposed.filter((part) => (how === "ascii" ? part <= "\x7f" : !isCombining(part))).join("");
}

/**
 * Tells whether the canonical combining class of a decomposed character is not 0. JavaScript has no property for that,
 * but normalisation sorts marks by their classes: U+0334, of class 1, goes before every mark of a higher class, and
 * U+0345, of class 240, behind every mark of a lower one. A character of class 0 stays between the two.
 */
function isCombining(character: string): boolean {
  const [before, behind] = [`\u0345${character}`, `${character}\u0334`];
  return before.normalize("NFD") !== before || behind.normalize("NFD") !== behind;
}
