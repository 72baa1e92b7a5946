/** The test of a small table on all of its rows, in one sentence of the outcome; of a larger one, offered by a button. */
import { useEffect } from "preact/hooks";
import { formatCount, formatShare } from "../../../ui/format.ts";
import type { CrossCheckFigure } from "../../state/cross-check-folds.ts";
import type { Session } from "../../state/session.ts";
import { type RowWords, rowWords, wilsonInterval } from "./outcome-words.ts";

/** Shown after a run on a table. Tests while it is shown. */
export function CrossCheckWords({ session }: { readonly session: Session }) {
  const { crossCheck } = session;
  useEffect(() => crossCheck.follow(), [crossCheck]);
  const words = rowWords(session.dataset.value);
  const rows = crossCheck.rows.value;
  if (rows === 0) return null;
  const all = `all ${formatCount(rows)} ${words.many}`;
  const canStart = crossCheck.status.value === "idle" && !crossCheck.isQuick.value;
  return (
    <div class="cross-check">
      <p role="status">{statusText(session, all, words)}</p>
      {canStart && (
        <button type="button" onClick={() => void crossCheck.start()}>
          How good is it really? Test it on {all}
        </button>
      )}
    </div>
  );
}

function statusText({ crossCheck }: Session, all: string, words: RowWords): string {
  const figure = crossCheck.figure.value;
  if (figure) return crossCheckText(figure, words);
  const { value: status } = crossCheck.status;
  if (status === "testing") return `Testing on ${all}, each by a model that has not seen it …`;
  return status === "failed" ? `The test on ${all} failed: ${crossCheck.error.value}` : "";
}

/** Returns, for example, `"Tested on all 891 rows, each by a model that had not seen it: 701 right (78.7%; …)."` */
export function crossCheckText({ right, rows }: CrossCheckFigure, { many }: RowWords): string {
  const { low, high } = wilsonInterval(right, rows);
  return (
    `Tested on all ${formatCount(rows)} ${many}, each by a model that had not seen it: ` +
    `${formatCount(right)} right (${formatShare(right / rows)}; chance allows ` +
    `${formatShare(low)} to ${formatShare(high)}).`
  );
}
