/** Short texts of three kinds, made by chance: a few words of each kind among many that all share. */
import { createRandom } from "../../src/data/random.ts";

const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  offer: ["cheap", "winner", "prize", "click", "free"],
  news: ["election", "weather", "minister", "match", "report"],
  note: ["lunch", "meeting", "thanks", "tomorrow", "__proto__"],
};

const SHARED = ["the", "and", "you", "for", "with", "that", "this", "have", "from", "your"];

/** Texts and the kind of each. */
export function mails(count: number, seed: number) {
  const random = createRandom(seed);
  const kinds = Object.keys(SUBJECTS);
  const y = Array.from({ length: count }, () => kinds[random.integer(kinds.length)]);
  const texts = y.map((kind) =>
    Array.from({ length: 12 }, () => {
      const words = random.uniform() < 0.25 ? SUBJECTS[kind] : SHARED;
      return words[random.integer(words.length)];
    }).join(" "),
  );
  return { texts, y };
}
