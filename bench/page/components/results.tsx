/** @jsxImportSource preact */
/** All figures of all records, in the order in which they explain each other. */
import { isCorrect } from "../../record.ts";
import { Roofline } from "../charts/roofline.tsx";
import { SweepCharts } from "../charts/sweep-charts.tsx";
import { recordNames } from "../record-names.ts";
import type { RecordEntry } from "../use-records.ts";
import { CeilingsTable } from "./ceilings-table.tsx";
import { KernelsTable } from "./kernels-table.tsx";
import { Failures, StepNotes } from "./notes.tsx";
import { Section } from "./section.tsx";
import { StepsTable } from "./steps-table.tsx";

/** Results, or a word on how to get some. */
export function Results({ entries }: { readonly entries: readonly RecordEntry[] }) {
  const records = entries.map(({ record }) => record);
  const shown = { records, names: recordNames(records) };
  if (records.length === 0) {
    return (
      <Section title="Results">
        <p class="lead">Nothing measured yet. Press Run, or open a saved run.</p>
      </Section>
    );
  }
  const some = (has: (record: (typeof records)[number]) => boolean) => records.some(has);
  return (
    <>
      {some(({ kernels, steps }) => ![...kernels, ...steps].every(isCorrect)) && (
        <p class="panel notice">
          <strong>Some results are wrong.</strong> Their error is over what is allowed, so they have no time.
        </p>
      )}
      {some(({ steps }) => steps.length > 0) && (
        <Section
          title="Training steps"
          lead="One step: scores, softmax, gradient and update for a whole batch. The error is the largest difference of a weight from the float64 reference, beside what is allowed."
        >
          <SweepCharts {...shown} />
          <StepsTable {...shown} />
          <StepNotes {...shown} />
        </Section>
      )}
      {some(({ ceilings }) => ceilings !== null) && (
        <Section title="The GPU itself">
          <CeilingsTable {...shown} />
        </Section>
      )}
      {some(({ kernels }) => kernels.length > 0) && (
        <Section
          title="Kernels and their roof"
          lead="The roof is the most a kernel could reach: as fast as the GPU computes, or as fast as its data arrive. Over 100 % means that data came out of a cache."
        >
          <Roofline {...shown} />
          <KernelsTable {...shown} />
        </Section>
      )}
      {some(({ failures }) => failures.length > 0) && (
        <Section title="What could not be measured">
          <Failures {...shown} />
        </Section>
      )}
    </>
  );
}
