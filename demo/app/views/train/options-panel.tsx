/** @jsxImportSource preact */
/** What can be chosen about training: only what matters for the solver, each with a plain-words hint. */

import { Section } from "../../../../bench/page/components/section.tsx";
import { Check } from "../../components/check.tsx";
import { Choice } from "../../components/choice.tsx";
import { Slider } from "../../components/slider.tsx";
import type { Choices } from "../../state/choices.ts";
import type { Session } from "../../state/session.ts";
import {
  BATCH_SIZES,
  DEVICES,
  LEARNING_RATES,
  MOMENTA,
  PENALTIES,
  ROUNDS,
  ROUNDS_OF,
  SMOOTHINGS,
  SOLVERS,
} from "./option-steps.ts";

interface FieldsProps {
  readonly choices: Choices;
  readonly change: (some: Partial<Choices>) => void;
}

/** The form. A change takes effect at once and starts over. */
export function OptionsPanel({ session }: { readonly session: Session }) {
  const choices = session.choices.value;
  const change = (some: Partial<Choices>) => void session.choose({ ...session.choices.peek(), ...some });
  return (
    <Section title="Options" lead="A change starts over.">
      <Choice
        label="Solver"
        options={SOLVERS}
        value={choices.solver}
        onChoose={(solver) => change({ solver, rounds: ROUNDS_OF[solver] })}
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
        hint={
          choices.solver === "lbfgs"
            ? "It ends before, where the optimum is reached."
            : "How often every row is looked at."
        }
        steps={ROUNDS}
        value={choices.rounds}
        onChoose={(rounds) => change({ rounds })}
      />
      <Slider
        label="λ, weight penalty"
        hint="Keeps weights small: more is smoother and may fit new rows better."
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
          hint="Sets weights that matter little to exactly 0."
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
      <Check
        label="Standardise features"
        hint="Brings every feature to mean 0 and deviation 1. Helps where they differ in size."
        value={choices.standardize}
        onChoose={(standardize) => change({ standardize })}
      />
    </>
  );
}
