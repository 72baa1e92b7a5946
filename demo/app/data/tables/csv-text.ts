/** The characters of a text file, piece by piece: UTF-8, UTF-16 and windows-1252, told apart by their bytes. */
import { FormatError } from "../../../../src/index.ts";
import { chunksOf } from "../file-bytes.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";

/** Bytes that are decoded at a time, so that every step is short. */
const PIECE_BYTES = 2 ** 16;
/** First bytes by which UTF-16 without a mark is recognised. */
const SEEN_BYTES = 1024;
/** Share of zero bytes in one half of each pair, from which text is UTF-16. */
const ZEROS = 0.4;

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Decodes one file. */
export class TextPieces {
  readonly #file: NamedFile;
  readonly #context: OpenContext;
  #encoding: Encoding = "utf-8";
  #decoder = new TextDecoder("utf-8", { fatal: true });
  /** Whether bytes so far can be nothing but UTF-8: by their mark, or characters beyond ASCII. */
  #isCertain = false;
  /** Last bytes of the piece before that are no whole character yet, if it is ASCII else. */
  #open = new Uint8Array();

  constructor(file: NamedFile, context: OpenContext) {
    this.#file = file;
    this.#context = context;
  }

  /** A sentence about the encoding; empty for UTF-8. */
  get remark(): string {
    if (this.#encoding === "utf-8") return "";
    const name = this.#encoding === "windows-1252" ? "windows-1252 (Western European)" : "UTF-16";
    return `The file is no UTF-8 and was read as ${name}.`;
  }

  /** Yields the text. @throws FormatError bytes that are no text */
  async *pieces(): AsyncGenerator<[piece: string, isLast: boolean]> {
    let isFirst = true;
    for await (const chunk of chunksOf(this.#file, this.#context)) {
      if (isFirst && chunk.length > 0) {
        this.#begin(chunk);
        isFirst = false;
      }
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        yield [this.#decode(chunk.subarray(at, at + PIECE_BYTES)), false];
      }
    }
    yield [this.#decode(), true];
  }

  #begin(chunk: Uint8Array): void {
    this.#isCertain = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    const encoding = utf16Of(chunk);
    if (!encoding) return;
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  #decode(bytes?: Uint8Array): string {
    const isUtf8 = this.#encoding === "utf-8";
    try {
      const text = this.#checked(this.#decoder.decode(bytes, { stream: bytes !== undefined }));
      if (isUtf8 && !this.#isCertain) this.#look(text, bytes);
      return text;
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      if (!isUtf8 || this.#isCertain) throw this.#refusal(cause);
      return this.#decodeAgain(bytes ?? new Uint8Array());
    }
  }

  /** Decodes a piece that is no UTF-8, and all that follow, as windows-1252: all before it is ASCII. */
  #decodeAgain(bytes: Uint8Array): string {
    this.#encoding = "windows-1252";
    this.#decoder = new TextDecoder("windows-1252");
    const whole = new Uint8Array(this.#open.length + bytes.length);
    whole.set(this.#open);
    whole.set(bytes, this.#open.length);
    return this.#checked(this.#decoder.decode(whole, { stream: true }));
  }

  #look(text: string, bytes?: Uint8Array): void {
    this.#isCertain = /[^\0-\x7f]/.test(text);
    if (!bytes) return;
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] >= 0x80) end--;
    this.#open = bytes.slice(end);
  }

  #checked(text: string): string {
    if (text.includes("\0")) throw this.#refusal();
    return text;
  }

  #refusal(cause?: unknown): FormatError {
    return new FormatError(this.#file.path, "is no text in UTF-8; save it as CSV in UTF-8", { cause });
  }
}

/** Returns UTF-16 if its mark or zero bytes tell it. */
function utf16Of(chunk: Uint8Array): Encoding | null {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return "utf-16le";
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return "utf-16be";
  const pairs = Math.floor(Math.min(chunk.length, SEEN_BYTES) / 2);
  let [even, odd] = [0, 0];
  for (let i = 0; i < pairs; i++) {
    if (chunk[2 * i] === 0) even++;
    if (chunk[2 * i + 1] === 0) odd++;
  }
  if (odd > ZEROS * pairs && even === 0) return "utf-16le";
  return even > ZEROS * pairs && odd === 0 ? "utf-16be" : null;
}
