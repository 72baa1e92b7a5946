/**
 * A record in the fragment of a link: `#record=1.` and the record's JSON, compressed with zlib's format, whose checksum
 * tells a damaged link, in base64url. Fragments are not sent to servers. A link may come from anywhere: what it holds is
 * bounded before and while it is unpacked, and read by the schema of files.
 */
import { type BenchRecord, type FailureRecord, LOST_GPU } from "../record.ts";
import { failedContender } from "./contender-names.ts";
import { headlineShape, headlineSteps } from "./headline.ts";
import { RecordError, readRecord } from "./read-record.ts";

const NAME = "record=";
/** The version of this way of writing; the record has its own. */
const LINK_VERSION = "1";

/** Longest link that is made, in characters after `#`: mail and messengers take it. */
export const MAX_MADE = 8000;
/** Longest link that is read, in characters. */
export const MAX_READ = 100_000;
/** Most bytes that a link may unpack to. */
export const MAX_UNPACKED = 2_000_000;

/** A fragment without its `#`, and the parts of the record that it leaves out, in words. */
export interface RecordLink {
  readonly fragment: string;
  readonly leftOut: readonly string[];
}

/** Writes a record as a fragment. One that would be too long leaves out details, one sort after the other. */
export async function fragmentOf(record: BenchRecord): Promise<RecordLink> {
  const { adapter } = record.machine;
  const hasDetails = adapter && (adapter.features.length > 0 || Object.keys(adapter.limits).length > 0);
  const leftOut = hasDetails ? ["features and limits of the GPU"] : [];
  let rest = brief(record);
  let fragment = await pack(rest);
  for (const { name, without } of LESS) {
    if (fragment.length <= MAX_MADE) break;
    rest = without(rest);
    const shorter = await pack(rest);
    if (shorter !== fragment) leftOut.push(name);
    fragment = shorter;
  }
  return { fragment, leftOut };
}

/**
 * Reads a record from a fragment, with or without its `#`.
 *
 * @throws RecordError one sentence about what is wrong with the link
 */
export async function readFragment(fragment: string): Promise<BenchRecord> {
  const text = fragment.replace(/^#/, "");
  const [, version, packed] = /^record=(\d{1,4})\.(.*)$/s.exec(text) ?? [];
  if (version === undefined)
    throw new RecordError(`The address ends in “#${text.slice(0, 40)}”, which is no record of this page.`);
  if (version !== LINK_VERSION)
    throw new RecordError("The link comes from another version of this page and cannot be read by this one.");
  if (packed.length > MAX_READ) throw new RecordError("The link is longer than that of any record.");
  const json = await unpack(packed);
  try {
    return readRecord(json);
  } catch (cause) {
    if (!(cause instanceof RecordError)) throw cause;
    throw new RecordError(`The link holds no record of this page: ${cause.message}`, { cause });
  }
}

/** Details of a record in the order in which a link leaves them out. */
const LESS: readonly { readonly name: string; readonly without: (record: BenchRecord) => BenchRecord }[] = [
  {
    name: "notes about the plans",
    without: (record) => ({ ...record, steps: record.steps.map(({ note: _, ...step }) => step) }),
  },
  { name: "kernels", without: (record) => ({ ...record, kernels: [] }) },
  {
    name: "other shapes",
    without: (record) => ({ ...record, steps: headlineSteps(record) }),
  },
  {
    name: "details of what could not be measured",
    without: (record) => ({ ...record, failures: [...essentialFailures(record)] }),
  },
];

/** Longest message, and the longest once everything else is left out. */
const MAX_MESSAGE = 300;
const MAX_ESSENTIAL = 60;

/** Yields the loss of the GPU, and one failure of each contender of the headline's shape, with short messages. */
function* essentialFailures(record: BenchRecord): Generator<FailureRecord> {
  const shape = headlineShape(record);
  const seen = new Set<string>();
  for (const { what, message } of record.failures) {
    if (seen.has(what) || (what !== LOST_GPU && !failedContender({ what, message }, shape))) continue;
    seen.add(what);
    yield { what, message: message.slice(0, MAX_ESSENTIAL) };
  }
}

/** Returns the record without what the page does not show of a foreign one. */
function brief(record: BenchRecord): BenchRecord {
  const { machine } = record;
  const adapter = machine.adapter && { ...machine.adapter, features: [], limits: {} };
  return {
    ...record,
    machine: { ...machine, agent: machine.agent.slice(0, MAX_MESSAGE), adapter },
    failures: record.failures.map((one) => ({ ...one, message: one.message.slice(0, MAX_MESSAGE) })),
  };
}

async function pack(record: BenchRecord): Promise<string> {
  const stream = new Blob([JSON.stringify(record)]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `${NAME}${LINK_VERSION}.${base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`;
}

/** @throws RecordError it is damaged, or unpacks to too much */
async function unpack(packed: string): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MAX_UNPACKED) {
        // The rest is never unpacked. That the stream was cancelled is of no interest.
        void reader.cancel().catch(() => {});
        throw new RecordError("The link unpacks to more than any record holds.");
      }
      text += decoder.decode(value, { stream: true });
    }
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof RecordError) throw cause;
    throw new RecordError("The link is damaged: it was cut off, or changed on its way.", { cause });
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(base64url)) throw new RangeError("not base64url");
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
