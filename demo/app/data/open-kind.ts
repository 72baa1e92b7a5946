/** What kind of data set some files are, by their names and, where those say nothing, by their first bytes. */
import { FormatError } from "../../../src/index.ts";
import { headOf } from "./open-bytes.ts";
import { type NamedFile, nameOf } from "./open-context.ts";

/** The kinds there are, and what a file of each is called. */
const NAMES = {
  idx: "an IDX file",
  npy: "an NPY file",
  table: "a CSV file",
  pictures: "a picture",
} as const;

export type OpenKind = keyof typeof NAMES;

/** Files of one kind. */
export interface KnownFiles {
  readonly kind: OpenKind;
  readonly files: readonly NamedFile[];
}

const JUNK = /(^|\/)(\.|__MACOSX\/|thumbs\.db$|desktop\.ini$)/i;
const PICTURE = /\.(png|jpe?g|gif|webp|avif|bmp|ico|svg)$/i;
const HEADS: Readonly<Partial<Record<OpenKind, RegExp>>> = {
  idx: /^00000[89a-e]0[1-4]/,
  npy: /^934e554d5059/,
};
const HEAD_BYTES = 6;

/**
 * The kind of all files together. Beside pictures, other files do not count; hidden files never do.
 *
 * @throws FormatError no files, files of different kinds, a file of no kind
 */
export async function kindOf(all: readonly NamedFile[]): Promise<KnownFiles> {
  const seen = all.filter(({ path }) => !JUNK.test(path));
  if (seen.length === 0) throw new FormatError("files", "there is none to open");
  const pictures = seen.filter(isPicture);
  if (pictures.length > 0) return { kind: "pictures", files: pictures };
  const kinds: OpenKind[] = [];
  for (const file of seen) kinds.push(await kindOfFile(file));
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other >= 0) {
    throw new FormatError(
      seen[other].path,
      `is ${NAMES[kinds[other]]}, while ${seen[0].path} is ${NAMES[kinds[0]]}; open one data set at a time`,
    );
  }
  return { kind: kinds[0], files: seen };
}

function isPicture(file: NamedFile): boolean {
  return file.file.type.startsWith("image/") || PICTURE.test(nameOf(file));
}

async function kindOfFile(file: NamedFile): Promise<OpenKind> {
  const name = nameOf(file);
  if (/\.npy(\.gz)?$/i.test(name)) return "npy";
  if (/idx[1-4]?[-.]ubyte|\.idx[1-4]?(\.gz)?$/i.test(name)) return "idx";
  if (/\.(csv|tsv|txt)(\.gz)?$/i.test(name) || file.file.type === "text/csv") return "table";
  const head = await headOf(file, HEAD_BYTES);
  const hex = Array.from(head, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const kind = (["idx", "npy"] as const).find((known) => HEADS[known]?.test(hex));
  if (kind) return kind;
  throw new FormatError(
    file.path,
    "is none of the files this page knows: IDX, CSV, NPY, or a folder of pictures",
  );
}
