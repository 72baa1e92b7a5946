/** Rows a second of other computers beside this one's, at the same shape. */
import { useEffect, useState } from "preact/hooks";
import { formatNumber, NOTHING } from "../../../demo/ui/format.ts";
import { ScrollBox, Section } from "../../../demo/ui/section.tsx";
import { rowsPerSecond } from "../../figures.ts";
import { messageOf, shapeText } from "../../measure/text.ts";
import type { BenchRecord } from "../../record.ts";
import { libraryOf, OWN_NAME, PEER_NAMES, usesWebgpu } from "../contender-names.ts";
import { fastest, headlineShape } from "../headline.ts";
import { recordNames } from "../record-names.ts";
import { loadReferences } from "../references.ts";
import type { BenchState } from "../state.ts";

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
  const known = references !== null && "problem" in references ? [] : (references ?? []);
  const opened = state.records.value.filter((entry) => entry !== shown).map(({ record }) => record);
  const shape = shapeText(headlineShape(shown?.record ?? { steps: [] }));
  const atShape = (record: BenchRecord) => record.steps.filter((step) => shapeText(step.shape) === shape);
  const others = [...opened, ...known].filter((record) => atShape(record).length > 0);
  const records = shown ? [shown.record, ...others] : others;
  const names = recordNames(records);
  const caption = `Rows a second at ${shape}: rows × features × classes`;
  return (
    <Section title="Other computers">
      {references === null && <p>Loading …</p>}
      {references !== null && "problem" in references && (
        <p class="notice">The computers that come with this page could not be loaded: {references.problem}</p>
      )}
      {records.length === 0 && references !== null && <p class="lead">None was measured at {shape}.</p>}
      {records.length > 0 && (
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
                <tr
                  key={names[i].machine + names[i].date}
                  class={record === shown?.record ? "shown" : undefined}
                >
                  <th scope="row">
                    {record === shown?.record && shown.origin === "here" ? "This computer" : names[i].machine}
                    <span class="span">
                      {names[i].date.slice(0, 10)}
                      {record.machine.cpu && record.machine.adapter && `, ${record.machine.cpu}`}
                    </span>
                  </th>
                  {COLUMNS.map(({ library, onGpu, device }) => (
                    <td key={library + device}>{rateOf(record, library, onGpu, shape)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Section>
  );
}

function rateOf(record: BenchRecord, library: string, onGpu: boolean, shape: string): string {
  const steps = record.steps.filter((step) => shapeText(step.shape) === shape);
  const step = fastest(steps, (name) => libraryOf(name) === library && usesWebgpu(name) === onGpu);
  return step ? formatNumber(rowsPerSecond(step)) : NOTHING;
}
