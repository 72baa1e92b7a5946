/** Buttons that copy a link to a record, and save it as a file. */
import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../../../demo/ui/format.ts";
import { saveFile } from "../../../demo/ui/save-file.ts";
import type { BenchRecord } from "../../record.ts";
import { fragmentOf, type RecordLink } from "../record-link.ts";
import { fileName } from "../record-names.ts";

/** A link and its whole address. */
interface MadeLink extends RecordLink {
  readonly address: string;
}

/**
 * Makes the link to a record before it is asked for: browsers let a page copy only in answer to a click.
 *
 * @returns null until it is made
 */
function useLink(record: BenchRecord): MadeLink | null {
  const [link, setLink] = useState<MadeLink | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void fragmentOf(record).then((made) => {
      const address = new URL(`${location.pathname}#${made.fragment}`, location.href).href;
      if (isCurrent) setLink({ ...made, address });
    });
    return () => {
      isCurrent = false;
    };
  }, [record]);
  return link;
}

export function ShareButtons({ record }: { readonly record: BenchRecord }) {
  const link = useLink(record);
  const [copied, setCopied] = useState<"not yet" | "copied" | "refused">("not yet");
  const copy = async (address: string) => {
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
        <button type="button" onClick={() => link && void copy(link.address)} disabled={!link}>
          Copy link
        </button>
        <button type="button" onClick={() => saveRecord(record)}>
          Save as JSON
        </button>
      </p>
      <p class="hint" aria-live="polite">
        {copied === "copied" && link && `Copied: ${describe(link)}`}
        {copied === "refused" && link && `The browser did not let this page copy: ${describe(link)}`}
      </p>
      {copied === "refused" && link && (
        <input
          type="text"
          class="link-field"
          aria-label="Link to this result"
          readOnly
          value={link.address}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </div>
  );
}

export function saveRecord(record: BenchRecord): void {
  saveFile(fileName(record), `${JSON.stringify(record, null, 2)}\n`, "application/json");
}

function describe({ leftOut, address }: MadeLink): string {
  const size = `a link of ${formatCount(address.length)} characters that holds the result itself.`;
  return leftOut.length > 0 ? `${size} To keep it short it leaves out: ${leftOut.join(", ")}.` : size;
}
