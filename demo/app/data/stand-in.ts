/**
 * What lies where data should: the pointer that Git leaves of a large file, the web page that a download gave, an
 * archive that is still packed. Told by the first bytes, whatever the file is called.
 */

/** Bytes that tell it: pages may begin with empty lines and comments. */
export const STAND_IN_BYTES = 1024;

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v\d+\n/;
const POINTER_SIZE = /^size (\d+)$/m;
/** A comment ends at its first end: else many comments could be read in very many ways, all of which are tried. */
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
    const bytes = size ? ` of ${Number(size).toLocaleString("en")} bytes` : "";
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
