/** Buttons that copy a link to a record, and save it as a file. */
import { useEffect, useState } from "preact/hooks";
import { CopyButton } from "../../../demo/ui/copy-button.tsx";
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
  const [isRefused, setRefused] = useState(false);
  const words = link ? describe(link) : "";
  return (
    <>
      <CopyButton
        label="Copy link"
        text={link?.address ?? null}
        copied={`Copied: ${words}`}
        refused={`The browser did not let this page copy: ${words}`}
        onRefused={() => setRefused(true)}
      >
        <button type="button" onClick={() => saveRecord(record)}>
          Save as JSON
        </button>
      </CopyButton>
      {isRefused && link && (
        <input
          type="text"
          class="link-field"
          aria-label="Link to this result"
          readOnly
          value={link.address}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </>
  );
}

export function saveRecord(record: BenchRecord): void {
  saveFile(fileName(record), `${JSON.stringify(record, null, 2)}\n`, "application/json");
}

function describe({ leftOut, address }: MadeLink): string {
  const size = `a link of ${formatCount(address.length)} characters that holds the result itself.`;
  return leftOut.length > 0 ? `${size} To keep it short it leaves out: ${leftOut.join(", ")}.` : size;
}
