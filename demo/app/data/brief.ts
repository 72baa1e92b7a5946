/** Text from a file as a sentence repeats it: the beginning of a long one, all of it on one line. */

const MOST = 60;

/** Returns at most 60 characters; control and other invisible characters become spaces. */
export function brief(text: string): string {
  const start = text.slice(0, MOST).replace(/[\ud800-\udbff]$/, "");
  const line = start.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return text.length > MOST ? `${line}…` : line;
}
