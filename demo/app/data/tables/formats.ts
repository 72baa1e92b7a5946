/** Tells the formats of tables apart, by names and first bytes; explains those that are not read. */
import { headOf } from "../file-bytes.ts";
import { type NamedFile, nameOf } from "../open-context.ts";

export type TableFormat = "csv" | "json" | "xlsx" | "parquet";

/** First bytes that are looked at. */
const HEAD_BYTES = 1024;

/** Returns the format of a table; of one that none of the signs fit, CSV. */
export async function tableFormatOf(file: NamedFile): Promise<TableFormat> {
  return signOf(nameOf(file), await headOf(file, HEAD_BYTES)) ?? "csv";
}

/** Returns the format that the first bytes or the name tell; null if neither does. */
export function signOf(name: string, head: Uint8Array): TableFormat | null {
  const text = latin(head);
  if (text.startsWith("PAR1")) return "parquet";
  if (text.startsWith("PK\u0003\u0004")) return isWorkbook(name, text) ? "xlsx" : null;
  if (/\.(csv|tsv|tab|txt)(\.gz)?$/i.test(name)) return "csv";
  if (/\.(jsonl?|ndjson)(\.gz)?$/i.test(name)) return "json";
  if (/\.xls[xm]$/i.test(name)) return "xlsx";
  if (/\.parquet$/i.test(name)) return "parquet";
  return /^(\u00ef\u00bb\u00bf)?\s*(\{\s*"|\[\s*\{)/.test(text) ? "json" : null;
}

/** Names of the first files in workbooks of Excel. */
const WORKBOOK = /\[Content_Types\]\.xml|_rels\/|xl\/|docProps\//;

function isWorkbook(name: string, text: string): boolean {
  if (/\.gz$/i.test(name)) return false;
  return (
    /\.xls[xm]$/i.test(name) || (WORKBOOK.test(text) && !/word\/|ppt\/|\.(docx|pptx)$/i.test(text + name))
  );
}

const OLD_OFFICE = "\u00d0\u00cf\u0011\u00e0";

/** Returns what a file is that is no table here, and the remedy, as the rest of a sentence; else null. */
export function refusedTable(name: string, head: Uint8Array): string | null {
  const text = latin(head);
  if (text.startsWith(OLD_OFFICE)) {
    return /\.xlsx$/i.test(name)
      ? "is encrypted, or of an old version of Excel; save it without a password, as .xlsx or CSV"
      : "is a workbook or document of an old office program (.xls); save its table as .xlsx or CSV";
  }
  if (/mimetypeapplication\/vnd\.oasis/.test(text) || /\.ods$/i.test(name))
    return "is a document of LibreOffice or OpenOffice; save its table as .xlsx or CSV";
  if (/\.xlsb$/i.test(name)) return "is a binary workbook (.xlsb); save it as .xlsx or CSV";
  return null;
}

/** The format marker of a saved model, in JSON. */
const MODEL = /^\s*\{\s*"format"\s*:\s*"softmax-webgpu[^"]*"/;
/** The marker of a saved model in safetensors, whose header follows its length in eight bytes. */
const MODEL_TENSORS = /^[\s\S]{8}\{[\s\S]*"format"\s*:\s*"softmax-webgpu/;

/** Returns whether a file is a saved model, by its format marker. */
export async function isModelFile(file: NamedFile): Promise<boolean> {
  return isModelHead(await headOf(file, HEAD_BYTES));
}

/** Returns whether these are the first bytes of a saved model. */
export function isModelHead(head: Uint8Array): boolean {
  const text = latin(head);
  return MODEL.test(text) || MODEL_TENSORS.test(text);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
}
