/** Facts of the current model, and how far its run is. */
import type { SavedModel } from "../../../../src/formats/saved-model.ts";
import type { SoftmaxRegression } from "../../../../src/index.ts";
import { DEFAULTS } from "../../../../src/options.ts";
import { formatCount, formatShare } from "../../../ui/format.ts";
import { type Fact, Facts, Section } from "../../../ui/section.tsx";
import { StartButton } from "../../components/run-buttons.tsx";
import { unitOf } from "../../state/choices.ts";
import type { Session } from "../../state/session.ts";

const SOLVERS = { lbfgs: "L-BFGS", sgd: "SGD", adamw: "AdamW" };

/** Returns what the file of a model says; `isEncoded`: its features come from encoded columns. */
export function factsOf(saved: SavedModel, isEncoded = false): Fact[] {
  const { classes, features, weights, bias, options, temperature, standardization, progress } = saved;
  const { l2, l1, solver } = { ...DEFAULTS, ...options };
  const unscaled = isEncoded ? "by the encoding of the columns" : "no";
  return [
    ["Classes", `${classes.length}: ${classNames(classes)}`],
    ["Features", formatCount(features)],
    ["Parameters", formatCount(weights.length + bias.length)],
    ["Solver", SOLVERS[solver]],
    ["λ, of ‖W‖²", String(l2)],
    ...(l1 > 0 ? [["λ₁, of ‖W‖₁", String(l1)] as const] : []),
    ["Temperature", temperature === 1 ? "1, not calibrated" : temperature.toPrecision(4)],
    ["Features standardised", standardization ? "yes, the file has means and deviations" : unscaled],
    ["Can continue training", progress ? "yes, from where it was paused" : "no"],
  ];
}

/** Returns the first few names. */
function classNames(classes: SavedModel["classes"]): string {
  const most = 6;
  return classes.length <= most ? classes.join(", ") : `${classes.slice(0, most).join(", ")}, …`;
}

export interface ModelProps {
  readonly session: Session;
  readonly saved: SavedModel | null;
}

/** The name, the facts and the progress of the model; without one, how to get it. */
export function FactsSection({ session, saved }: ModelProps) {
  const status = session.run.status.value;
  const { model } = session.run;
  if (!saved || !model) {
    return (
      <Section
        title="No model yet"
        lead={
          status === "training"
            ? "The first epoch is running."
            : `Train one on ${session.dataset.value.name}, or open a file below.`
        }
      >
        <p class="buttons">
          <StartButton session={session} />
        </p>
      </Section>
    );
  }
  return (
    <Section title={nameOf(model, session)}>
      <Facts facts={factsOf(saved, Boolean(session.dataset.value.encoder))} />
      <div class="buttons model-run">
        {status !== "done" && <StartButton session={session} />}
        <p class="status" role="status">
          {progressOf(session)}
        </p>
      </div>
    </Section>
  );
}

/** Returns the file that the model was opened from, else the data set that it was trained on. */
function nameOf(model: SoftmaxRegression, { modelFile, dataset }: Session): string {
  return modelFile.value?.model === model ? modelFile.value.name : `A model of ${dataset.value.name}`;
}

function progressOf({ run: { status, history, opened }, choices }: Session): string {
  const last = history.value.at(-1);
  const unit = unitOf(choices.value.solver);
  const place = last ? `after ${unit} ${last.index}` : "as it came from its file";
  const accuracy = formatShare(last?.validationAccuracy ?? opened.value?.accuracy);
  const position = `${place}, ${accuracy} of the validation rows right`;
  const words = { idle: "Ready", training: "Training", paused: "Paused", done: "Done", failed: "Stopped" };
  return `${words[status.value]}, ${position}.`;
}
