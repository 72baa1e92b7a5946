/** The training options of the chosen solver, each with a plain hint. */
import { CheckBox, Choice, logSteps, type Option, Slider } from "../../../ui/fields.tsx";
import { NumberField } from "../../../ui/number-field.tsx";
import { Section } from "../../../ui/section.tsx";
import { type Choices, DIGITS, MAX_SEED, PENALTIES } from "../../state/choices.ts";
import type { Session } from "../../state/session.ts";

const SOLVERS: readonly Option<Choices["solver"]>[] = [
  { id: "sgd", label: "SGD", hint: "Many small steps, each from a few rows." },
  { id: "adamw", label: "AdamW", hint: "Small steps, with a separate step size for every weight." },
  { id: "lbfgs", label: "L-BFGS", hint: "Uses all rows for every step and goes straight to the optimum." },
];

const DEVICES: readonly Option<Choices["device"]>[] = [
  { id: "auto", label: "Automatic", hint: "A real GPU if there is one, else WebAssembly." },
  { id: "webgpu", label: "WebGPU", hint: "The GPU, even if a CPU only imitates one." },
  { id: "wasm", label: "WebAssembly", hint: "The CPU, several numbers at a time." },
  {
    id: "reference",
    label: "Reference",
    hint: "Plain loops in double precision: slow; the others are checked against it.",
  },
];

const EPOCHS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000];
/** Epochs or iterations that suffice for most data. */
const DEFAULT_EPOCHS: Readonly<Record<Choices["solver"], number>> = { sgd: 30, adamw: 30, lbfgs: 200 };

type SliderWords = readonly [steps: readonly ("auto" | number)[], label: string, hint: string];

/** The sliders, by the option that each sets. */
const SLIDERS = {
  learningRate: [
    ["auto", ...logSteps(DIGITS, -4, 1)],
    "Learning rate",
    "The length of a step. Auto, furthest left, takes a safe one that falls to 0.",
  ],
  epochs: [EPOCHS, "Epochs", "How often every row is used."],
  l2: [PENALTIES, "λ, weight penalty", "Keeps weights small, which may fit new rows better."],
  batchSize: [
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
    "Batch size",
    "Rows of one step. Small ones step more often, large ones suit a GPU.",
  ],
  momentum: [
    [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99],
    "Momentum",
    "How much of the last step the next one keeps.",
  ],
  l1: [PENALTIES, "λ₁, sparsity penalty", "Sets unimportant weights to exactly 0."],
  labelSmoothing: [
    [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3],
    "Label smoothing",
    "The share of certainty taken from each label and given to all.",
  ],
} as const satisfies Partial<Record<keyof Choices, SliderWords>>;
const ITERATIONS: SliderWords = [EPOCHS, "Iterations, at most", "It ends earlier at the optimum."];

interface PanelProps {
  readonly session: Session;
}

/** Shows the options; `Session.choose` begins a run that is on anew with a change. */
export function OptionsPanel({ session }: PanelProps) {
  const { solver } = session.choices.value;
  return (
    <Section
      title="Options"
      id="options"
      lead="A run that is on begins anew with a change; else the next start uses it. The model stays until the new one is better, or done."
    >
      <div class="columns options">
        <Choice
          label="Solver"
          options={SOLVERS}
          value={solver}
          onChoose={(chosen) => change(session, { solver: chosen, epochs: DEFAULT_EPOCHS[chosen] })}
        />
        {solver !== "lbfgs" && <OptionSlider session={session} name="learningRate" />}
        <OptionSlider session={session} name="epochs" />
        <OptionSlider session={session} name="l2" />
      </div>
      <details class="more-options">
        <summary>More options</summary>
        <MoreOptions session={session} />
      </details>
    </Section>
  );
}

function MoreOptions({ session }: PanelProps) {
  const { solver, device, standardize, seed } = session.choices.value;
  return (
    <div class="columns options">
      {solver !== "lbfgs" && <OptionSlider session={session} name="batchSize" />}
      {solver === "sgd" && <OptionSlider session={session} name="momentum" />}
      {solver !== "adamw" && <OptionSlider session={session} name="l1" />}
      <OptionSlider session={session} name="labelSmoothing" />
      <Choice
        label="Device"
        options={DEVICES}
        value={device}
        onChoose={(chosen) => change(session, { device: chosen })}
      />
      <CheckBox
        label="Standardise features"
        hint="Gives every feature mean 0 and deviation 1. Helps if they differ in size."
        value={standardize}
        onChoose={(chosen) => change(session, { standardize: chosen })}
      />
      <NumberField
        label="Seed"
        hint="Fixes the order of the rows, so that a run can be repeated: a whole number."
        least={0}
        most={MAX_SEED}
        value={seed}
        onChoose={(chosen) => change(session, { seed: chosen })}
      />
    </div>
  );
}

interface OptionSliderProps extends PanelProps {
  readonly name: keyof typeof SLIDERS;
}

function OptionSlider({ session, name }: OptionSliderProps) {
  const choices = session.choices.value;
  const isIterations = name === "epochs" && choices.solver === "lbfgs";
  const [steps, label, hint]: SliderWords = isIterations ? ITERATIONS : SLIDERS[name];
  return (
    <Slider
      label={label}
      hint={hint}
      steps={steps}
      value={choices[name]}
      onChoose={(value) => change(session, { [name]: value })}
    />
  );
}

function change(session: Session, some: Partial<Choices>): void {
  void session.choose({ ...session.choices.peek(), ...some });
}
