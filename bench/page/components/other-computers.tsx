/** Rows a second of other computers beside this one's, at the same shape. */
import { useEffect, useState } from "preact/hooks";
import { formatNumber, NOTHING } from "../../../demo/ui/format.ts";
import { ScrollBox, Section } from "../../../demo/ui/section.tsx";
import { rowsPerSecond } from "../../figures.ts";
import { messageOf, shapeText } from "../../measure/text.ts";
import type { BenchRecord, StepRecord } from "../../record.ts";
import { libraryOf, OWN_NAME, PEER_NAMES, usesWebgpu } from "../contender-names.ts";
import { fastest, headlineShape, ownStep } from "../headline.ts";
import { recordNames } from "../record-names.ts";
import { loadReferences } from "../references.ts";
import type { BenchState, RecordEntry } from "../state.ts";

const COLUMNS = [OWN_NAME, ...PEER_NAMES].flatMap((library) =>
  [true, false].map((onGpu) => ({ library, onGpu, device: onGpu ? "WebGPU" : "WebAssembly" })),
);

type Loaded = readonly BenchRecord[] | { readonly problem: string } | null;

export function OtherComputers({ state }: { readonly state: BenchState }) {
  const [references, setReferences] = useState<Loaded>(null);
  useEffect(() => {
    loadReferences().then(setReferences, (error) => setReferences({ problem: messageOf(error) }));
  }, []);
  const shown = state.shown.value;
  const problem = references !== null && "problem" in references ? references.problem : null;
  const known = references === null || "problem" in references ? [] : references;
  const opened = state.others.value.map(({ record }) => record);
  const shape = shapeText(headlineShape(shown?.record ?? { steps: [] }));
  const others = [...opened, ...known].filter((record) => stepsAt(record, shape).length > 0);
  const records = shown ? [shown.record, ...others] : others;
  return (
    <Section title="Other computers">
      {references === null && <p>Loading …</p>}
      {problem && <p class="notice">The computers that come with this page could not be loaded: {problem}</p>}
      {others.length === 0 && references !== null && (
        <p class="lead">No other is known at {shape}: rows × features × classes.</p>
      )}
      {records.length > 0 && <RateTable records={records} shape={shape} shown={shown} />}
    </Section>
  );
}

interface RateTableProps {
  readonly records: readonly BenchRecord[];
  readonly shape: string;
  readonly shown: RecordEntry | null;
}

function RateTable({ records, shape, shown }: RateTableProps) {
  const names = recordNames(records);
  const caption = `Rows a second at ${shape}`;
  return (
    <ScrollBox label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Computer</th>
            {COLUMNS.map(({ library, device }) => (
              <th key={library + device} scope="col">
                {library} <span class="span">{device}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map((record, i) => (
            <tr key={names[i].machine + names[i].date} class={record === shown?.record ? "shown" : undefined}>
              <th scope="row">
                {record === shown?.record && shown.origin === "here" ? "This computer" : names[i].machine}
                <span class="span">{machineWords(record, names[i].date)}</span>
              </th>
              {COLUMNS.map(({ library, onGpu, device }) => (
                <td key={library + device}>{rateOf(record, library, onGpu, shape)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function machineWords({ machine: { cpu, cores, adapter } }: BenchRecord, date: string): string {
  return [date.slice(0, 10), adapter && cpu, `${cores} cores`].filter(Boolean).join(", ");
}

function stepsAt(record: BenchRecord, shape: string): StepRecord[] {
  return record.steps.filter((step) => shapeText(step.shape) === shape);
}

function rateOf(record: BenchRecord, library: string, onGpu: boolean, shape: string): string {
  const steps = stepsAt(record, shape);
  const step =
    library === OWN_NAME
      ? ownStep(steps, onGpu)
      : fastest(steps, (name) => libraryOf(name) === library && usesWebgpu(name) === onGpu);
  return step ? formatNumber(rowsPerSecond(step)) : NOTHING;
}
