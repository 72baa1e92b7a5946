/** @jsxImportSource preact */
/** What to measure: two presets, and every choice behind them. */
import {
  type Choices,
  type ContenderOption,
  OWN,
  PARTS,
  PEERS,
  SHAPES,
  STORAGES,
  SWEEPS,
  toggled,
} from "../choices.ts";
import { ChoiceGroup } from "./choice-group.tsx";
import { Presets } from "./presets.tsx";
import { Rounds } from "./rounds.tsx";

interface PlanFormProps {
  readonly choices: Choices;
  readonly onChange: (choices: Choices) => void;
  readonly hasGpu: boolean;
  readonly disabled: boolean;
}

/** The form; it changes nothing while a run goes on. */
export function PlanForm({ choices, onChange, hasGpu, disabled }: PlanFormProps) {
  const toggle =
    <List extends "shapes" | "storages" | "contenders" | "parts">(list: List) =>
    (id: Choices[List][number], on: boolean) =>
      onChange({ ...choices, [list]: toggled<string>(choices[list], id, on) });
  const withoutGpu = () => (hasGpu ? null : "needs WebGPU");
  const unlessOnCpu = ({ needsGpu }: ContenderOption) => (needsGpu ? withoutGpu() : null);
  return (
    <fieldset class="plan" disabled={disabled}>
      <legend class="unseen">What to measure</legend>
      <Presets choices={choices} onChange={onChange} />
      <details>
        <summary>Choose shapes, storage, libraries and rounds</summary>
        <div class="choice-grid">
          <ChoiceGroup
            title="Shapes: rows × features × classes"
            options={SHAPES}
            chosen={choices.shapes}
            onToggle={toggle("shapes")}
          />
          <ChoiceGroup
            title="Sweeps, drawn as charts"
            options={SWEEPS}
            chosen={choices.shapes}
            onToggle={toggle("shapes")}
          />
          <ChoiceGroup
            title="This library"
            options={OWN}
            chosen={choices.contenders}
            onToggle={toggle("contenders")}
            reasonAgainst={unlessOnCpu}
          />
          <ChoiceGroup
            title="Other libraries"
            options={PEERS}
            chosen={choices.contenders}
            onToggle={toggle("contenders")}
            reasonAgainst={unlessOnCpu}
          />
          <ChoiceGroup
            title="How X is stored on the GPU"
            options={STORAGES}
            chosen={choices.storages}
            onToggle={toggle("storages")}
            reasonAgainst={withoutGpu}
          />
          <ChoiceGroup
            title="The GPU itself"
            options={PARTS}
            chosen={choices.parts}
            onToggle={toggle("parts")}
            reasonAgainst={withoutGpu}
          />
        </div>
        <Rounds rounds={choices.rounds} onChange={(rounds) => onChange({ ...choices, rounds })} />
      </details>
    </fieldset>
  );
}
