/** The records on the page: each can be saved as a file or removed, and saved ones opened beside them. */
import { FileDrop } from "../../../demo/ui/buttons.tsx";
import { Section } from "../../../demo/ui/section.tsx";
import { useDrops } from "../../../demo/ui/use-drops.ts";
import type { BenchRecord } from "../../record.ts";
import { type RecordName, recordNames } from "../record-names.ts";
import type { BenchState, RecordEntry } from "../state.ts";
import { saveRecord } from "./share-buttons.tsx";

export function RecordsPanel({ state }: { readonly state: BenchState }) {
  const entries = state.records.value;
  const run = state.run.value;
  const open = (files: readonly File[]) => void state.openFiles(files);
  useDrops(({ files }) => open([...files]));
  const names = recordNames(entries.map(({ record }) => record));
  return (
    <Section
      title="Runs to compare"
      lead="Save a run as a file, open it on another machine, and both stand side by side above."
    >
      {entries.length > 0 && (
        <ul class="records">
          {entries.map(({ id, record, origin }, i) => (
            <RecordCard
              key={id}
              record={record}
              name={names[i]}
              origin={origin}
              measuring={run.status === "running" && run.recordId === id}
              onRemove={() => state.remove(id)}
            />
          ))}
        </ul>
      )}
      <FileDrop
        label="Open saved runs"
        rest="or drop their files anywhere on this page"
        accept=".json,application/json"
        multiple
        onFiles={open}
      />
    </Section>
  );
}

interface RecordCardProps {
  readonly record: BenchRecord;
  readonly name: RecordName;
  readonly origin: RecordEntry["origin"];
  readonly measuring: boolean;
  readonly onRemove: () => void;
}

function RecordCard({ record, name, origin, measuring, onRemove }: RecordCardProps) {
  const { adapter, agent, cpu, cores } = record.machine;
  const versions = Object.entries(record.versions).map(([what, version]) => `${what} ${version}`);
  return (
    <li class="record box">
      <h3>{name.machine}</h3>
      <p>
        {name.date}
        {measuring && <span class="badge">measuring</span>}
        {origin !== "here" && <span class="badge">opened from a {origin}</span>}
      </p>
      {adapter?.software && <p class="hint">A CPU imitates a GPU here; times say nothing about a GPU.</p>}
      <p class="hint">{[cpu, `${cores} cores`, ...versions].filter(Boolean).join(", ")}</p>
      <p class="hint">{agent}</p>
      <p class="record-buttons buttons">
        <button type="button" onClick={() => saveRecord(record)} aria-label={`Save as JSON: ${name.machine}`}>
          Save as JSON
        </button>
        <button type="button" onClick={onRemove} disabled={measuring} aria-label={`Remove: ${name.machine}`}>
          Remove
        </button>
      </p>
    </li>
  );
}
