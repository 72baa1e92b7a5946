/** Predictions as CSV: what a file had, then the likeliest class, its probability, and the probability of each class. */
import { unparse } from "papaparse";
import type { Label } from "../../../../../src/index.ts";
import { likeliest } from "../evidence.ts";

/** Characters that become one part of a file. Parts are Blobs, which a browser may keep on the disk. */
const PART = 2 ** 20;

/**
 * Rows of a CSV file that grows. Cells of the user's file are written as they are; names of classes that a spreadsheet
 * would take for a formula get an apostrophe in front, since they are repeated in every row.
 */
export class PredictionsCsv {
  readonly #classes: readonly string[];
  readonly #parts: Blob[] = [];
  #text: string;
  /** Spreadsheets read other than ASCII as UTF-8 only behind a byte order mark. */
  #isAscii = true;

  /** `header` holds the names of the columns in front. */
  constructor(header: readonly string[], classes: readonly Label[]) {
    this.#classes = classes.map((label) => harmless(String(label)));
    this.#text = lines([[...header, ...namesOf(header, classes)]]);
  }

  /** Adds a row for the cells in front and its probabilities `[K]`. Cells are as many as names in the header. */
  add(rows: readonly { readonly cells: readonly string[]; readonly probabilities: Float64Array }[]): void {
    if (rows.length === 0) return;
    this.#text += lines(
      rows.map(({ cells, probabilities }) => {
        const k = likeliest(probabilities);
        const shares = Array.from(probabilities, shareText);
        return [...cells, this.#classes[k], shares[k], ...shares];
      }),
    );
    if (this.#text.length >= PART) this.#flush();
  }

  finish(): Blob {
    this.#flush();
    return new Blob(this.#isAscii ? this.#parts : ["\ufeff", ...this.#parts], { type: "text/csv" });
  }

  #flush(): void {
    this.#isAscii &&= !/[^\p{ASCII}]/u.test(this.#text);
    this.#parts.push(new Blob([this.#text]));
    this.#text = "";
  }
}

function lines(rows: readonly (readonly string[])[]): string {
  return `${unparse(rows as string[][], { newline: "\r\n" })}\r\n`;
}

/** Returns the names of the columns that predictions add, none of which the file has already. */
function namesOf(header: readonly string[], classes: readonly Label[]): string[] {
  const taken = new Set(header);
  return ["prediction", "probability", ...classes.map((label) => `probability of ${label}`)].map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    taken.add(free);
    return free;
  });
}

/** Returns the name of a class as text for spreadsheets, which run cells that begin like a formula. */
function harmless(label: string): string {
  return /^[=+\-@\t\r]/.test(label) && Number.isNaN(Number(label)) ? `'${label}` : label;
}

/** Returns a probability with six decimals at most. */
function shareText(share: number): string {
  return String(Number(share.toFixed(6)));
}
