/** Buttons that copy a link to a record, and save it as a file. */
import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../../../demo/ui/format.ts";
import { saveFile } from "../../../demo/ui/save-file.ts";
import type { BenchRecord } from "../../record.ts";
import { fragmentOf, type RecordLink } from "../record-link.ts";
import { fileName } from "../record-names.ts";

type Copied = "not yet" | "copied" | "refused";

export function ShareButtons({ record }: { readonly record: BenchRecord }) {
  const [link, setLink] = useState<RecordLink | null>(null);
  const [copied, setCopied] = useState<Copied>("not yet");
  // Made before it is asked for: browsers let a page copy only in answer to a click.
  useEffect(() => {
    let isCurrent = true;
    void fragmentOf(record).then((made) => isCurrent && setLink(made));
    return () => {
      isCurrent = false;
    };
  }, [record]);
  const address = link ? new URL(`${location.pathname}#${link.fragment}`, location.href).href : "";
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied("copied");
    } catch {
      setCopied("refused");
    }
  };
  return (
    <div class="share">
      <p class="buttons">
        <button type="button" onClick={() => void copy()} disabled={!link}>
          Copy link
        </button>
        <button type="button" onClick={() => saveRecord(record)}>
          Save as JSON
        </button>
      </p>
      <p class="hint" aria-live="polite">
        {copied === "copied" && link && `Copied: ${describe(link, address)}`}
        {copied === "refused" && link && `The browser did not let this page copy: ${describe(link, address)}`}
      </p>
      {copied === "refused" && (
        <input
          type="text"
          class="link-field"
          aria-label="Link to this result"
          readOnly
          value={address}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </div>
  );
}

export function saveRecord(record: BenchRecord): void {
  saveFile(fileName(record), `${JSON.stringify(record, null, 2)}\n`, "application/json");
}

function describe({ leftOut }: RecordLink, address: string): string {
  const size = `a link of ${formatCount(address.length)} characters that holds the result itself.`;
  return leftOut.length > 0 ? `${size} To keep it short it leaves out: ${leftOut.join(", ")}.` : size;
}
