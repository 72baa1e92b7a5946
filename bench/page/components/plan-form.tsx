/** The form of measurements: presets, and every choice behind them. */
import { useId } from "preact/hooks";
import { PresetButtons } from "../../../demo/ui/buttons.tsx";
import { CheckBox, type Option } from "../../../demo/ui/fields.tsx";
import {
  type Choices,
  type ContenderOption,
  MAX_ROUNDS,
  OWN,
  PARTS,
  PEERS,
  SHAPES,
  STORAGES,
  SWEEPS,
  toggled,
} from "../choices.ts";
import { isChosen, PRESETS } from "../plan-of.ts";
import type { BenchState } from "../state.ts";

/** The form, disabled during a run. */
export function PlanForm({ state }: { readonly state: BenchState }) {
  const choices = state.choices.value;
  const choose = (changed: Partial<Choices>) => {
    state.choices.value = { ...choices, ...changed };
  };
  const toggle =
    <List extends "shapes" | "storages" | "contenders" | "parts">(list: List) =>
    (id: Choices[List][number], on: boolean) =>
      choose({ [list]: toggled<string>(choices[list], id, on) });
  const withoutGpu = () => (state.hasGpu.value ? null : "needs WebGPU");
  const unlessOnCpu = ({ needsGpu }: ContenderOption) => (needsGpu ? withoutGpu() : null);
  return (
    <fieldset class="plan" disabled={state.run.value.status === "running"}>
      <legend class="unseen">What to measure</legend>
      <PresetButtons
        presets={PRESETS}
        isChosen={(preset) => isChosen(preset.choices, choices)}
        onChoose={(preset) => choose(preset.choices)}
      />
      <details>
        <summary>Choose shapes, storage, libraries and rounds</summary>
        <div class="choice-grid columns">
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
        <RoundsField rounds={choices.rounds} onChange={(rounds) => choose({ rounds })} />
      </details>
    </fieldset>
  );
}

interface ChoiceGroupProps<O extends Option<string>> {
  readonly title: string;
  readonly options: readonly O[];
  readonly chosen: readonly string[];
  readonly onToggle: (id: O["id"], on: boolean) => void;
  /** Why an option cannot be chosen; null if it can. */
  readonly reasonAgainst?: (option: O) => string | null;
}

/** A fieldset of checkboxes. */
function ChoiceGroup<O extends Option<string>>(props: ChoiceGroupProps<O>) {
  const { title, options, chosen, onToggle, reasonAgainst } = props;
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {options.map((option) => {
        const reason = reasonAgainst?.(option) ?? null;
        return (
          <CheckBox
            key={option.id}
            label={option.label}
            hint={reason ?? option.hint}
            value={reason === null && chosen.includes(option.id)}
            isDisabled={reason !== null}
            onChoose={(on) => onToggle(option.id, on)}
          />
        );
      })}
    </fieldset>
  );
}

interface RoundsProps {
  readonly rounds: number;
  readonly onChange: (rounds: number) => void;
}

/** The number of rounds; an invalid entry is reverted. */
function RoundsField({ rounds, onChange }: RoundsProps) {
  const id = useId();
  return (
    <div class="rounds flow">
      <label for={id} class="rounds-label">
        Rounds
      </label>
      <input
        id={id}
        type="number"
        min={1}
        max={MAX_ROUNDS}
        step={1}
        value={rounds}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => {
          if (currentTarget.validity.valid && currentTarget.value) onChange(currentTarget.valueAsNumber);
          else currentTarget.value = String(rounds);
        }}
      />
      <span class="hint" id={`${id}-hint`}>
        contenders take turns this many times and the median counts; more rounds are steadier and slower
      </span>
    </div>
  );
}
