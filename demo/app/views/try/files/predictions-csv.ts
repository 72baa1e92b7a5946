/** Predictions as CSV: what a file had, then the predicted class, its probability, and the probability of each class. */
import { unparse } from "papaparse";
import type { Label } from "../../../../../src/index.ts";
import { formatCount } from "../../../../ui/format.ts";
import { decide, type Limits, NO_LIMITS } from "../decide.ts";

/** Characters that become one part of a file. Parts are Blobs, which a browser may keep on the disk. */
const PART = 2 ** 20;

/**
 * Rows of a CSV file that grows. Cells of the user's file are written as they are; names of classes that a spreadsheet
 * would take for a formula get an apostrophe in front, since they are repeated in every row.
 */
export class PredictionsCsv {
  readonly #classes: readonly Label[];
  readonly #limits: Limits;
  /** The classes as text for spreadsheets. */
  readonly #names: readonly string[];
  readonly #parts: Blob[] = [];
  #text: string;
  /** Spreadsheets read other than ASCII as UTF-8 only behind a byte order mark. */
  #isAscii = true;
  #unsure = 0;

  /** `header` holds the names of the columns in front. Rows whose answer is too unsure get no prediction. */
  constructor(header: readonly string[], classes: readonly Label[], limits: Limits = NO_LIMITS) {
    this.#classes = classes;
    this.#limits = limits;
    this.#names = classes.map((label) => harmless(String(label)));
    this.#text = lines([[...header, ...namesOf(header, classes)]]);
  }

  /** Adds a row for the cells in front and its probabilities `[K]`. Cells are as many as names in the header. */
  add(rows: readonly { readonly cells: readonly string[]; readonly probabilities: Float64Array }[]): void {
    if (rows.length === 0) return;
    this.#text += lines(
      rows.map(({ cells, probabilities }) => {
        const k = decide(probabilities, this.#classes, this.#limits);
        const shares = Array.from(probabilities, shareText);
        if (k === null) this.#unsure++;
        return [...cells, ...(k === null ? ["", ""] : [this.#names[k], shares[k]]), ...shares];
      }),
    );
    if (this.#text.length >= PART) this.#flush();
  }

  /** A sentence about the rows without a prediction, with a space in front; empty if there are none. */
  get remark(): string {
    if (this.#unsure === 0) return "";
    const [count, verb] = [formatCount(this.#unsure), this.#unsure === 1 ? "is" : "are"];
    return ` ${count} of them ${verb} too unsure by your limit: the prediction is empty.`;
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
