/** @jsxImportSource preact */
/** The figures of the charts as a table, made only while it is open. */

import { useState } from "preact/hooks";
import { ScrollBox } from "../../../../bench/page/components/scroll-box.tsx";
import { percent } from "../../components/percent.ts";
import type { Round } from "../../state/session.ts";
import { lossText } from "./run-words.ts";

/** Rows that are shown, so that the table never slows training down. */
const MOST = 100;

/** The latest rounds, the last one first. */
export function RoundsTable({ rounds, unit }: { readonly rounds: readonly Round[]; readonly unit: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The figures as a table</summary>
      {open && (
        <ScrollBox label="The figures of each round">
          <table class="rounds-table">
            <caption class="unseen">
              Loss and accuracy by {unit}, the latest {MOST}, the last one first
            </caption>
            <thead>
              <tr>
                <th scope="col">{unit}</th>
                <th scope="col">training loss</th>
                <th scope="col">validation loss</th>
                <th scope="col">training accuracy</th>
                <th scope="col">validation accuracy</th>
              </tr>
            </thead>
            <tbody>
              {rounds
                .slice(-MOST)
                .reverse()
                .map((round) => (
                  <tr key={round.index}>
                    <th scope="row">{round.index}</th>
                    <td>{lossText(round.loss)}</td>
                    <td>{lossText(round.validationLoss)}</td>
                    <td>{percent(round.accuracy)}</td>
                    <td>{percent(round.validationAccuracy)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </details>
  );
}
