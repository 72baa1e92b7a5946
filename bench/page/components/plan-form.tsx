/** The form of measurements: presets, and every choice behind them. */
import { useId } from "preact/hooks";
import { PresetButtons } from "../../../demo/ui/buttons.tsx";
import { CheckBox, type Option } from "../../../demo/ui/fields.tsx";
import {
  type Choices,
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

/** Options under a title. Without a GPU, those that need it cannot be chosen. */
interface Group {
  readonly title: string;
  /** The choices that the options belong to. */
  readonly list: "shapes" | "storages" | "contenders" | "parts";
  readonly options: readonly (Option<string> & { readonly needsGpu?: boolean })[];
  readonly needsGpu?: boolean;
}

const GROUPS: readonly Group[] = [
  { title: "Shapes: rows × features × classes", list: "shapes", options: SHAPES },
  { title: "Sweeps, drawn as charts", list: "shapes", options: SWEEPS },
  { title: "This library", list: "contenders", options: OWN },
  { title: "Other libraries", list: "contenders", options: PEERS },
  { title: "How X is stored on the GPU", list: "storages", options: STORAGES, needsGpu: true },
  { title: "The GPU itself", list: "parts", options: PARTS, needsGpu: true },
];

/** The form, disabled during a run. */
export function PlanForm({ state }: { readonly state: BenchState }) {
  const choices = state.choices.value;
  const hasGpu = state.hasGpu.value;
  const choose = (changed: Partial<Choices>) => {
    state.choices.value = { ...choices, ...changed };
  };
  const checkBoxes = ({ list, options, needsGpu }: Group) =>
    options.map((option) => {
      const isMissing = !hasGpu && (needsGpu || option.needsGpu === true);
      const chosen: readonly string[] = choices[list];
      return (
        <CheckBox
          key={option.id}
          label={option.label}
          hint={isMissing ? "needs WebGPU" : option.hint}
          value={!isMissing && chosen.includes(option.id)}
          isDisabled={isMissing}
          onChoose={(on) => choose({ [list]: toggled(chosen, option.id, on) })}
        />
      );
    });
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
          {GROUPS.map((group) => (
            <fieldset key={group.title} class="choices">
              <legend>{group.title}</legend>
              {checkBoxes(group)}
            </fieldset>
          ))}
        </div>
        <RoundsField rounds={choices.rounds} onChange={(rounds) => choose({ rounds })} />
      </details>
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
