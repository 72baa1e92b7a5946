/** The training options of the chosen solver, each with a plain hint. */
import { CheckBox, Choice, logSteps, type Option, Slider } from "../../../ui/fields.tsx";
import { Section } from "../../../ui/section.tsx";
import type { Choices } from "../../state/choices.ts";
import type { Session } from "../../state/session.ts";

const SOLVERS: readonly Option<Choices["solver"]>[] = [
  { id: "sgd", label: "SGD", hint: "Many small steps, each from a few rows." },
  {
    id: "adamw",
    label: "AdamW",
    hint: "Small steps, with a separate step size for every weight.",
  },
  {
    id: "lbfgs",
    label: "L-BFGS",
    hint: "Uses all rows for every step and goes straight to the optimum.",
  },
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

const DIGITS = [1, 2, 5];

const LEARNING_RATES: readonly Choices["learningRate"][] = ["auto", ...logSteps(DIGITS, -4, 1)];
const PENALTIES: readonly number[] = [0, ...logSteps(DIGITS, -6, 0)];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const EPOCHS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000];
/** Epochs or iterations that suffice for most data. */
const DEFAULT_EPOCHS: Readonly<Record<Choices["solver"], number>> = { sgd: 30, adamw: 30, lbfgs: 200 };
const MOMENTA = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
const SMOOTHINGS = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3];

interface FieldsProps {
  readonly choices: Choices;
  readonly change: (some: Partial<Choices>) => void;
}

/** The form. The form. A change takes effect at once and discards the model. */
export function OptionsPanel({ session }: { readonly session: Session }) {
  const choices = session.choices.value;
  const change = (some: Partial<Choices>) => void session.choose({ ...session.choices.peek(), ...some });
  return (
    <Section title="Options" lead="A change discards the model.">
      <Choice
        label="Solver"
        options={SOLVERS}
        value={choices.solver}
        onChoose={(solver) => change({ solver, epochs: DEFAULT_EPOCHS[solver] })}
      />
      {choices.solver !== "lbfgs" && (
        <Slider
          label="Learning rate"
          hint="The length of a step. Auto, furthest left, takes a safe one that falls to 0."
          steps={LEARNING_RATES}
          value={choices.learningRate}
          onChoose={(learningRate) => change({ learningRate })}
        />
      )}
      <Slider
        label={choices.solver === "lbfgs" ? "Iterations, at most" : "Epochs"}
        hint={choices.solver === "lbfgs" ? "It ends earlier at the optimum." : "How often every row is used."}
        steps={EPOCHS}
        value={choices.epochs}
        onChoose={(epochs) => change({ epochs })}
      />
      <Slider
        label="λ, weight penalty"
        hint="Keeps weights small, which may fit new rows better."
        steps={PENALTIES}
        value={choices.l2}
        onChoose={(l2) => change({ l2 })}
      />
      <details class="more-options">
        <summary>More options</summary>
        <MoreOptions choices={choices} change={change} />
      </details>
    </Section>
  );
}

function MoreOptions({ choices, change }: FieldsProps) {
  const { solver } = choices;
  return (
    <>
      {solver !== "lbfgs" && (
        <Slider
          label="Batch size"
          hint="Rows of one step. Small ones step more often, large ones suit a GPU."
          steps={BATCH_SIZES}
          value={choices.batchSize}
          onChoose={(batchSize) => change({ batchSize })}
        />
      )}
      {solver === "sgd" && (
        <Slider
          label="Momentum"
          hint="How much of the last step the next one keeps."
          steps={MOMENTA}
          value={choices.momentum}
          onChoose={(momentum) => change({ momentum })}
        />
      )}
      {solver !== "adamw" && (
        <Slider
          label="λ₁, sparsity penalty"
          hint="Sets unimportant weights to exactly 0."
          steps={PENALTIES}
          value={choices.l1}
          onChoose={(l1) => change({ l1 })}
        />
      )}
      <Slider
        label="Label smoothing"
        hint="The share of certainty taken from each label and given to all."
        steps={SMOOTHINGS}
        value={choices.labelSmoothing}
        onChoose={(labelSmoothing) => change({ labelSmoothing })}
      />
      <Choice
        label="Device"
        options={DEVICES}
        value={choices.device}
        onChoose={(device) => change({ device })}
      />
      <CheckBox
        label="Standardise features"
        hint="Gives every feature mean 0 and deviation 1. Helps if they differ in size."
        value={choices.standardize}
        onChoose={(standardize) => change({ standardize })}
      />
    </>
  );
}
