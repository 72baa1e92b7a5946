/** @jsxImportSource preact */
/** The records on the page: each can be saved as a file or removed, and saved ones opened beside them. */
import type { BenchRecord } from "../../record.ts";
import { downloadRecord } from "../download-record.ts";
import { type RecordName, recordNames } from "../record-names.ts";
import { useOpenedFiles } from "../use-opened-files.ts";
import type { Records } from "../use-records.ts";
import { Section } from "./section.tsx";

interface RecordsPanelProps {
  readonly records: Records;
  /** The record that a run is writing. */
  readonly measuring: number | null;
}

/** Records, and the way in for more. */
export function RecordsPanel({ records, measuring }: RecordsPanelProps) {
  const { problems, openFiles } = useOpenedFiles(records);
  const names = recordNames(records.entries.map(({ record }) => record));
  return (
    <Section
      title="Runs to compare"
      lead="Save a run as a file, open it on another machine, and both stand side by side below."
    >
      {records.entries.length > 0 && (
        <ul class="records">
          {records.entries.map(({ id, record }, i) => (
            <RecordCard
              key={id}
              record={record}
              name={names[i]}
              measuring={id === measuring}
              onRemove={() => records.remove(id)}
            />
          ))}
        </ul>
      )}
      <label class="drop">
        <input
          type="file"
          class="unseen"
          accept=".json,application/json"
          multiple
          onChange={({ currentTarget }) => {
            void openFiles([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
        <span>
          <span class="link">Open saved runs</span> or drop their files anywhere on this page
        </span>
      </label>
      <div role="alert">
        {problems.length > 0 && (
          <ul class="problems">
            {problems.map((problem, i) => (
              <li class="notice" key={i}>
                {problem}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}

interface RecordCardProps {
  readonly record: BenchRecord;
  readonly name: RecordName;
  readonly measuring: boolean;
  readonly onRemove: () => void;
}

function RecordCard({ record, name, measuring, onRemove }: RecordCardProps) {
  const { adapter, agent, cpu, cores } = record.machine;
  const versions = Object.entries(record.versions).map(([what, version]) => `${what} ${version}`);
  return (
    <li class="record">
      <h3>{name.machine}</h3>
      <p>
        {name.date}
        {measuring && <span class="badge">measuring</span>}
      </p>
      {adapter?.software && <p class="hint">A CPU imitates a GPU here; times say nothing about a GPU.</p>}
      <p class="hint">{[cpu, `${cores} cores`, ...versions].filter(Boolean).join(", ")}</p>
      <p class="hint">{agent}</p>
      <p class="record-buttons">
        <button
          type="button"
          onClick={() => downloadRecord(record)}
          aria-label={`Save as JSON: ${name.machine}`}
        >
          Save as JSON
        </button>
        <button type="button" onClick={onRemove} disabled={measuring} aria-label={`Remove: ${name.machine}`}>
          Remove
        </button>
      </p>
    </li>
  );
}
