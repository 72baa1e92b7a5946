/** The solver and its numbers; a change trains at once. */
import { logSteps, Slider } from "../../../ui/fields.tsx";
import { formatBrief } from "../../../ui/format.ts";
import type { Playground } from "./playground.ts";

/** Steps of about a tenth of a decade. */
const DIGITS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

export const PENALTIES: readonly number[] = logSteps(DIGITS, -6, 0);
export const LEARNING_RATES: readonly number[] = logSteps(DIGITS, -4, 1);
export const EPOCHS: readonly number[] = logSteps(DIGITS, 0, 3).filter(
  (epochs) => Number.isInteger(epochs) && epochs <= 300,
);

const SOLVERS = [
  { name: "lbfgs", label: "L-BFGS", hint: "Goes straight to the optimum." },
  { name: "sgd", label: "SGD", hint: "Takes small steps, sixteen points at a time." },
] as const;

export function SettingsPanel({ playground }: { readonly playground: Playground }) {
  const { solver, l2, learningRate, epochs } = playground.settings.value;
  return (
    <div class="settings">
      <fieldset class="solvers flow">
        <legend class="unseen">Solver</legend>
        {SOLVERS.map(({ name, label }) => (
          <label key={name}>
            <input
              type="radio"
              name="plane-solver"
              checked={solver === name}
              onChange={() => playground.set({ solver: name })}
            />
            {label}
          </label>
        ))}
        <p class="hint">{SOLVERS.find(({ name }) => name === solver)?.hint}</p>
      </fieldset>
      <Slider
        isLive
        label="λ, the penalty"
        hint="Larger keeps weights small: probabilities turn soft."
        {...{ steps: PENALTIES, value: l2, inWords: formatBrief }}
        onChoose={(value) => playground.set({ l2: value })}
      />
      {solver === "sgd" && (
        <>
          <Slider
            isLive
            label="η, the learning rate"
            hint="Too small: training is slow. Too large: it diverges."
            {...{ steps: LEARNING_RATES, value: learningRate, inWords: formatBrief }}
            onChoose={(value) => playground.set({ learningRate: value })}
          />
          <Slider
            isLive
            label="Epochs"
            hint="How often every point is used."
            {...{ steps: EPOCHS, value: epochs, inWords: String }}
            onChoose={(value) => playground.set({ epochs: value })}
          />
        </>
      )}
    </div>
  );
}
