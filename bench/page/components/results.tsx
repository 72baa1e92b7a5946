/** All results of all records, in the order in which they explain each other. */
import { Section } from "../../../demo/ui/section.tsx";
import { shapeText } from "../../measure/text.ts";
import { type BenchRecord, isCorrect } from "../../record.ts";
import { Roofline, SweepCharts } from "../charts/result-charts.tsx";
import { type NamedRecords, type RecordName, recordNames } from "../record-names.ts";
import type { BenchState } from "../state.ts";
import { CeilingsTable, KernelsTable, StepsTable } from "./result-tables.tsx";

export function Results({ state }: { readonly state: BenchState }) {
  const records = state.records.value.map(({ record }) => record);
  const shown = { records, names: recordNames(records) };
  if (records.length === 0) {
    return (
      <Section title="Results">
        <p class="lead">Nothing is measured yet.</p>
      </Section>
    );
  }
  return (
    <>
      {!records.every(isAllCorrect) && (
        <p class="panel notice">
          <strong>Some results are wrong.</strong> Their error is over what is allowed, so they have no time.
        </p>
      )}
      <Steps {...shown} />
      <Gpu {...shown} />
      <Failures {...shown} />
    </>
  );
}

function isAllCorrect({ kernels, steps }: BenchRecord): boolean {
  return [...kernels, ...steps].every(isCorrect);
}

function Steps(shown: NamedRecords) {
  if (shown.records.every(({ steps }) => steps.length === 0)) return null;
  return (
    <Section
      title="Training steps"
      lead="One step: scores, softmax, gradient and update for a whole batch. The error is the largest difference of a weight from the float64 reference, beside what is allowed."
    >
      <SweepCharts {...shown} />
      <StepsTable {...shown} />
      <StepNotes {...shown} />
    </Section>
  );
}

/** The GPU's ceilings, and its kernels beside them. */
function Gpu(shown: NamedRecords) {
  return (
    <>
      {shown.records.some(({ ceilings }) => ceilings !== null) && (
        <Section title="The GPU itself">
          <CeilingsTable {...shown} />
        </Section>
      )}
      {shown.records.some(({ kernels }) => kernels.length > 0) && (
        <Section
          title="Kernels and their roof"
          lead="The roof is the most a kernel could reach: as fast as the GPU computes, or as fast as its data arrive. Over 100 % means that data came out of a cache."
        >
          <Roofline {...shown} />
          <KernelsTable {...shown} />
        </Section>
      )}
    </>
  );
}

function Failures({ records, names }: NamedRecords) {
  const notes = records.flatMap(({ failures }, record) =>
    failures.map(({ what, message }) => ({ what, text: message, record })),
  );
  if (notes.length === 0) return null;
  return (
    <Section title="What could not be measured">
      <Notes notes={notes} names={names} />
    </Section>
  );
}

/** The notes of contenders about the kernels that they chose; nothing if there are none. */
function StepNotes({ records, names }: NamedRecords) {
  const notes = records.flatMap(({ steps }, record) =>
    steps.flatMap(({ note, contender, shape, storage }) =>
      note ? [{ what: `${contender}, ${shapeText(shape)}, ${storage}`, text: note, record }] : [],
    ),
  );
  if (notes.length === 0) return null;
  return (
    <details>
      <summary>What was chosen, and why</summary>
      <Notes notes={notes} names={names} />
    </details>
  );
}

interface NotesProps {
  readonly notes: readonly { readonly what: string; readonly text: string; readonly record: number }[];
  readonly names: readonly RecordName[];
}

function Notes({ notes, names }: NotesProps) {
  return (
    <ul class="notes">
      {notes.map(({ what, text, record }, i) => (
        <li key={i}>
          <strong>{what}</strong> {text}{" "}
          {names.length > 1 && <span class="hint">{names[record].machine}</span>}
        </li>
      ))}
    </ul>
  );
}
