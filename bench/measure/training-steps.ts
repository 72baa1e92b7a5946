/**
 * Measures training steps of all contenders at one shape. Each takes three steps, which are compared with the
 * reference; then all alternate in rounds, so that a disturbance of the machine disturbs all of them. A contender that
 * fails is dropped with the reason; the others go on.
 */
import { createRandom, shuffle } from "../../src/data/random.ts";
import type { Contender, Training } from "../contenders/contender.ts";
import type { Attention, PartKind } from "../plan.ts";
import type { BenchShape, FailureRecord, StepRecord } from "../record.ts";
import type { GpuWatch } from "./gpu-watch.ts";
import { CHECKED_STEPS, largestError, ProblemCache, TOLERANCE } from "./problem.ts";
import { spreadOf } from "./statistics.ts";
import { messageOf, shapeText } from "./text.ts";
import { UNDISTURBED, undisturbed } from "./undisturbed.ts";

/** Time of a contender in one round, ms. */
const ROUND_TIME = 150;

/** A round begins with an untimed warm-up of its number of steps divided by this. */
const WARM_UP_DIVISOR = 8;

/** Shortest trial run, ms. */
const TRIAL_TIME = 10;

/** Most steps of a round. */
const MAX_STEPS = 2 ** 16;

/** The number of rounds, and how a caller follows or stops them. */
export interface StepOptions {
  readonly rounds: number;
  readonly signal?: AbortSignal | undefined;
  /** Gets the sort and the name of each part that begins: every contender once, then every round. */
  readonly onPart?: (kind: PartKind, doing: string) => void;
  /** Gets the results so far after every round. */
  readonly onRound?: (results: StepResults) => void;
  /** Default: nothing disturbs. */
  readonly attention?: Attention | undefined;
  /** Fails contenders on WebGPU as soon as the GPU is lost. Default: a loss is not noticed. */
  readonly watch?: GpuWatch | undefined;
}

/** The steps of contenders that worked, and why others did not. */
export interface StepResults {
  readonly steps: readonly StepRecord[];
  readonly failures: readonly FailureRecord[];
}

/** A contender whose first steps have been compared. */
interface Runner {
  readonly contender: Contender;
  readonly training: Training;
  readonly error: number;
  /** Number of steps in a round. */
  readonly steps: number;
  /** ms of a step in each round. */
  readonly times: number[];
}

/**
 * Measures all contenders at one shape. One that fails in a round keeps the rounds before. Rejects with the signal's
 * reason after an abort; nothing stays open.
 */
export async function measureSteps(
  shape: BenchShape,
  contenders: readonly Contender[],
  options: StepOptions,
): Promise<StepResults> {
  const turns = new Turns(shape, options);
  try {
    for (const contender of contenders) await turns.open(contender);
    for (let round = 1; round <= options.rounds; round++) {
      await turns.take(round);
      options.onRound?.(turns.results());
    }
  } finally {
    turns.close();
  }
  return turns.results();
}

/** The contenders at one shape, which take turns. */
class Turns {
  readonly #shape: BenchShape;
  readonly #options: StepOptions;
  readonly #problems: ProblemCache;
  /** All that were opened, in that order. */
  readonly #runners: Runner[] = [];
  /** Runners that still take rounds. */
  readonly #active = new Set<Runner>();
  readonly #failures: FailureRecord[] = [];

  constructor(shape: BenchShape, options: StepOptions) {
    this.#shape = shape;
    this.#options = options;
    this.#problems = new ProblemCache(shape, options.signal);
  }

  /** Opens a contender, compares its first steps and calibrates it; a failure is recorded. */
  async open(contender: Contender): Promise<void> {
    const { onPart, attention = UNDISTURBED, signal } = this.#options;
    const { name, storage } = contender;
    onPart?.("first steps", `${shapeText(this.#shape)}: ${name}, ${storage}, first steps`);
    await attention.ready(signal);
    signal?.throwIfAborted();
    const opened: { checked?: Promise<Runner> } = {};
    try {
      const runner = await this.#guard(contender, () => {
        opened.checked = check(contender, this.#problems, this.#options);
        return opened.checked;
      });
      this.#runners.push(runner);
      this.#active.add(runner);
    } catch (error) {
      // Opening may end after the loss of the GPU.
      void opened.checked?.then(({ training }) => close(training)).catch(() => {});
      this.#fail(contender, error);
    }
  }

  /** Takes one round of every contender that works, in an order that differs from round to round. */
  async take(round: number): Promise<void> {
    const { rounds, onPart, attention = UNDISTURBED, signal } = this.#options;
    onPart?.("round", `${shapeText(this.#shape)}: round ${round} of ${rounds}`);
    for (const runner of shuffled(this.#active, round)) {
      signal?.throwIfAborted();
      const { contender } = runner;
      try {
        const time = await undisturbed(
          () => this.#guard(contender, () => timeOfRound(runner)),
          attention,
          signal,
        );
        runner.times.push(time);
      } catch (error) {
        this.#active.delete(runner);
        close(runner.training);
        this.#fail(contender, error);
      }
    }
  }

  /** Returns the results so far, of all that have taken a round. */
  results(): StepResults {
    const measured = this.#runners.filter(({ times }) => times.length > 0);
    return {
      steps: measured.map((runner) => recordOf(runner, this.#shape)),
      failures: [...this.#failures],
    };
  }

  close(): void {
    for (const { training } of this.#active) close(training);
    this.#active.clear();
  }

  #guard<T>({ device }: Contender, work: () => Promise<T>): Promise<T> {
    const { watch } = this.#options;
    return watch && device === "webgpu" ? watch.guard(work) : work();
  }

  #fail({ name, storage }: Contender, error: unknown): void {
    this.#options.signal?.throwIfAborted();
    const what = `${name}, ${storage}, at ${shapeText(this.#shape)}`;
    this.#failures.push({ what, message: messageOf(error) });
  }
}

/** Shuffles the runners differently in every round, so that none always runs after the same neighbour. */
function shuffled(runners: ReadonlySet<Runner>, round: number): Runner[] {
  const all = [...runners];
  const order = Uint32Array.from(all, (_, i) => i);
  shuffle(order, createRandom(round));
  return Array.from(order, (i) => all[i]);
}

/** Opens a contender, compares its first steps and finds how many steps fill a round. */
async function check(
  contender: Contender,
  problems: ProblemCache,
  { attention = UNDISTURBED, signal }: StepOptions,
): Promise<Runner> {
  const { problem, expected } = await problems.of(contender.storage);
  const training = await contender.open(problem);
  try {
    await training.run(CHECKED_STEPS);
    const error = largestError(await training.weights(), expected);
    const steps = await undisturbed(() => stepsOfRound(training), attention, signal);
    return { contender, training, error, steps, times: [] };
  } catch (error) {
    close(training);
    throw error;
  }
}

/** Finds how many steps fill a round, by runs that are long enough for a clock that ticks every 0.1 ms. */
async function stepsOfRound(training: Training): Promise<number> {
  for (let steps = 2; ; steps *= 4) {
    const started = performance.now();
    await training.run(steps);
    const elapsed = performance.now() - started;
    if (elapsed >= TRIAL_TIME || steps >= MAX_STEPS)
      return Math.min(MAX_STEPS, Math.max(1, Math.round((ROUND_TIME * steps) / elapsed)));
  }
}

/** Frees a contender. Ignores errors: its result or failure is recorded already. */
function close(training: Training): void {
  try {
    training.dispose();
  } catch {}
}

/** Takes one round and returns the ms of a step. */
async function timeOfRound({ training, steps }: Runner): Promise<number> {
  // Another contender has just run: caches and threads are warmed up again before the clock starts.
  await training.run(Math.ceil(steps / WARM_UP_DIVISOR));
  const started = performance.now();
  await training.run(steps);
  return (performance.now() - started) / steps;
}

function recordOf({ contender, training, error, times }: Runner, shape: BenchShape): StepRecord {
  const { name, storage } = contender;
  return {
    contender: name,
    shape,
    storage,
    time: spreadOf(times),
    error,
    tolerance: TOLERANCE,
    ...(training.note !== undefined && { note: training.note }),
  };
}
