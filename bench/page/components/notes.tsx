/** @jsxImportSource preact */
/** What is said in words about a run: what could not be measured, and what contenders chose and why. */
import { shapeText } from "../../measure/text.ts";
import type { BenchRecord } from "../../record.ts";

import type { RecordName } from "../record-names.ts";

interface NotesProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** What could not be measured. */
export function Failures({ records, names }: NotesProps) {
  return (
    <ul class="failures">
      {records.flatMap(({ failures }, i) =>
        failures.map(({ what, message }, j) => (
          <li key={`${i} ${j}`}>
            <strong>{what}</strong> {message}{" "}
            {names.length > 1 && <span class="hint">{names[i].machine}</span>}
          </li>
        )),
      )}
    </ul>
  );
}

/** What contenders chose. Nothing, where none says anything. */
export function StepNotes({ records, names }: NotesProps) {
  const notes = records.flatMap(({ steps }, i) =>
    steps.flatMap(({ note, contender, shape, storage }) =>
      note
        ? [{ note, where: `${contender}, ${shapeText(shape)}, ${storage}`, machine: names[i].machine }]
        : [],
    ),
  );
  if (notes.length === 0) return null;
  return (
    <details>
      <summary>What was chosen, and why</summary>
      <ul class="notes">
        {notes.map(({ note, where, machine }, i) => (
          <li key={i}>
            <strong>{where}</strong> {note} {names.length > 1 && <span class="hint">{machine}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
