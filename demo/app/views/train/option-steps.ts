/** The values that the sliders of training options step through, and what each option means in plain words. */
import type { Option } from "../../components/choice.tsx";
import { logSteps } from "../../components/log-steps.ts";
import type { Choices } from "../../state/choices.ts";

export const SOLVERS: readonly Option<Choices["solver"]>[] = [
  { id: "sgd", label: "SGD", hint: "Many small steps, each from a few rows. Learning can be watched." },
  {
    id: "adamw",
    label: "AdamW",
    hint: "Small steps as well, with a length of its own for every weight.",
  },
  {
    id: "lbfgs",
    label: "L-BFGS",
    hint: "Looks at all rows for every step and goes straight to the optimum.",
  },
];

export const DEVICES: readonly Option<Choices["device"]>[] = [
  { id: "auto", label: "Automatic", hint: "A real GPU where there is one, else WebAssembly." },
  { id: "webgpu", label: "WebGPU", hint: "The GPU, even where a CPU only imitates one." },
  { id: "wasm", label: "WebAssembly", hint: "The CPU, several numbers at a time." },
  {
    id: "reference",
    label: "Reference",
    hint: "Plain loops in double precision: slow, and what the others are checked against.",
  },
];

const DIGITS = [1, 2, 5];

export const LEARNING_RATES: readonly Choices["learningRate"][] = ["auto", ...logSteps(DIGITS, -4, 1)];
export const PENALTIES: readonly number[] = [0, ...logSteps(DIGITS, -6, 0)];
export const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
export const ROUNDS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000];
/** What is enough for most. */
export const ROUNDS_OF: Readonly<Record<Choices["solver"], number>> = { sgd: 30, adamw: 30, lbfgs: 200 };
export const MOMENTA = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
export const SMOOTHINGS = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3];
