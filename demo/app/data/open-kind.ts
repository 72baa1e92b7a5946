/** Finds the kind of files by their names, and else by their first bytes; explains files that are no data. */
import { FormatError } from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import { headOf } from "./file-bytes.ts";
import { type NamedFile, nameOf } from "./open-context.ts";
import { someOf } from "./open-dataset.ts";
import { isModelHead, refusedTable, signOf } from "./tables/formats.ts";

/** All kinds, and the name of a file of each. */
const NAMES = { idx: "an IDX file", npy: "an NPY file", table: "a table", pictures: "a picture" } as const;

type OpenKind = keyof typeof NAMES;

export interface KnownFiles {
  readonly kind: OpenKind;
  readonly files: readonly NamedFile[];
  /** Other files in folders of pictures. */
  readonly ignored: readonly NamedFile[];
}

const JUNK = /(^|\/)(\.|__MACOSX\/|thumbs\.db$|desktop\.ini$)/i;
/** SVG is absent: browsers do not decode it from a file. */
const PICTURE = /\.(png|jpe?g|gif|webp|avif|bmp|ico)$/i;
/** The first bytes of each kind, in hexadecimal. */
const HEADS: Readonly<Partial<Record<OpenKind, RegExp>>> = {
  idx: /^00000[89a-e]0[1-4]/,
  npy: /^934e554d5059/,
};
const HEAD_BYTES = 6;

/**
 * Finds the common kind of all files. Other files in folders of pictures are ignored, hidden files always.
 *
 * @throws FormatError no files, files of different kinds, a file of no kind, or one that stands in for data
 */
export async function kindOf(all: readonly NamedFile[]): Promise<KnownFiles> {
  const seen = all.filter(({ path }) => !JUNK.test(path));
  if (seen.length === 0) throw new FormatError("files", "there is none to open");
  if (seen.some(isPicture)) return knownPictures(seen);
  const kinds: OpenKind[] = [];
  for (const file of seen) kinds.push(await kindOfFile(file));
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other >= 0) {
    throw new FormatError(
      seen[other].path,
      `is ${NAMES[kinds[other]]}, while ${seen[0].path} is ${NAMES[kinds[0]]}; open one data set at a time`,
    );
  }
  return { kind: kinds[0], files: seen, ignored: [] };
}

/** Returns a sentence about ignored files; empty if there are none. */
export function remarkOnIgnored({ ignored }: KnownFiles): string {
  return ignored.length > 0 ? `Ignored, as no pictures: ${someOf(ignored.map(({ path }) => path))}.` : "";
}

/** Returns the pictures. A file outside any folder was chosen on purpose, so it must be a picture. */
function knownPictures(all: readonly NamedFile[]): KnownFiles {
  const files = all.filter(isPicture);
  const ignored = all.filter((file) => !isPicture(file));
  const chosen = ignored.find(({ path }) => !path.includes("/"));
  if (!chosen) return { kind: "pictures", files, ignored };
  throw new FormatError(
    chosen.path,
    `is no picture, while ${files[0].path} is one; drop ${chosen.path} alone, or the pictures alone`,
  );
}

/** Returns whether the name or type of a file is a picture's. */
export function isPicture({ path, file }: NamedFile): boolean {
  return PICTURE.test(path) || (file.type.startsWith("image/") && file.type !== "image/svg+xml");
}

async function kindOfFile(file: NamedFile): Promise<OpenKind> {
  const head = await headOf(file, STAND_IN_BYTES);
  const name = nameOf(file);
  const sign = signOf(name, head);
  const refused = refusalOf(name, head, sign);
  if (refused) throw new FormatError(file.path, refused);
  if (isWorkbook(head, sign)) return "table";
  if (/\.npy(\.gz)?$/i.test(name)) return "npy";
  if (/idx[1-4]?[-.]ubyte|\.idx[1-4]?(\.gz)?$/i.test(name)) return "idx";
  if (sign !== null || file.file.type === "text/csv") return "table";
  const hex = Array.from(head.subarray(0, HEAD_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const kind = (["idx", "npy"] as const).find((known) => HEADS[known]?.test(hex));
  if (kind) return kind;
  throw new FormatError(
    file.path,
    "is none of the files this page knows: tables (CSV, Excel, JSON, Parquet), IDX, NPY, or a folder of pictures such as PNG or JPEG",
  );
}

/** Returns why a file cannot be opened as data, as the rest of a sentence; null if it may be. */
function refusalOf(name: string, head: Uint8Array, sign: string | null): string | null {
  if (isModelHead(head)) return "is a saved model and no data; open it in the view “Model”";
  if (/\.npz$/i.test(name))
    return "is a NumPy archive; unpack it as a zip archive and open its two arrays together, such as x.npy and y.npy";
  return refusedTable(name, head) ?? (isWorkbook(head, sign) ? null : standInOf(head));
}

/** Returns whether a file is a workbook by its first bytes, whatever its name. */
function isWorkbook(head: Uint8Array, sign: string | null): boolean {
  return sign === "xlsx" && head[0] === ZIP.charCodeAt(0);
}

/** First bytes that are searched: web pages may begin with empty lines and comments. */
export const STAND_IN_BYTES = 1024;

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v\d+\n/;
const POINTER_SIZE = /^size (\d+)$/m;
/** Each comment ends at its first `-->`, so that matching stays linear in the length. */
const PAGE = /^(?:\s|<!--(?:(?!-->)[\s\S])*-->|<\?xml[^>]*>)*<(?:!doctype html|html|head|body|script)[\s>]/i;
const XML = /^\s*<\?xml\s/i;
const ZIP = "PK\u0003\u0004";
/** Names of the first files in the archives that Excel and LibreOffice write. */
const OFFICE = /\[Content_Types\]\.xml|_rels\/|xl\/|mimetypeapplication\/vnd\.oasis/;

/** Returns what the content is and what to do about it, as the rest of a sentence; null for anything else. */
export function standInOf(head: Uint8Array): string | null {
  const text = new TextDecoder().decode(head.subarray(0, STAND_IN_BYTES));
  if (POINTER.test(text)) {
    const size = POINTER_SIZE.exec(text)?.[1];
    const bytes = size ? ` of ${formatCount(Number(size))} bytes` : "";
    return `is a Git LFS pointer and not the file${bytes} that it stands for; get that by “git lfs pull”, or download it by itself`;
  }
  if (PAGE.test(text)) {
    return "is an HTML page and no data: what was to be downloaded may have moved or need a login; download it again";
  }
  if (XML.test(text)) {
    return "is an XML document and no data: it may say why a download was refused; download it again";
  }
  if (!text.startsWith(ZIP)) return null;
  return OFFICE.test(text)
    ? "is a workbook or document of an office program; save its table as CSV"
    : "is a zip archive; unpack it and open the files in it";
}
