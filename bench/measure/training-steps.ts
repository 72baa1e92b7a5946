/**
 * Measures training steps of all contenders at one shape. Each takes three steps, which are compared with the
 * reference; then all alternate in rounds, so that a disturbance of the machine disturbs all of them. A contender that
 * fails is dropped with the reason; the others go on.
 */
import { createRandom, shuffle } from "../../src/data/random.ts";
import type { Contender, Training } from "../contenders/contender.ts";
import type { BenchShape, FailureRecord, StepRecord } from "../record.ts";
import { CHECKED_STEPS, largestError, ProblemCache, TOLERANCE } from "./problem.ts";
import { spreadOf } from "./statistics.ts";
import { messageOf, shapeText } from "./text.ts";

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
  /** Gets the name of each part that begins: every contender once, then every round. */
  readonly onPart?: (doing: string) => void;
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
 * Measures all contenders at one shape. Rejects with the signal's reason after an abort; nothing stays open.
 */
export async function measureSteps(
  shape: BenchShape,
  contenders: readonly Contender[],
  { rounds, signal, onPart = () => {} }: StepOptions,
): Promise<StepResults> {
  const at = shapeText(shape);
  const failures: FailureRecord[] = [];
  const runners = new Set<Runner>();
  const fail = ({ name, storage }: Contender, error: unknown) => {
    signal?.throwIfAborted();
    failures.push({ what: `${name}, ${storage}, at ${at}`, message: messageOf(error) });
  };
  const problems = new ProblemCache(shape, signal);
  try {
    for (const contender of contenders) {
      onPart(`${at}: ${contender.name}, ${contender.storage}, first steps`);
      signal?.throwIfAborted();
      await check(contender, problems).then(
        (runner) => runners.add(runner),
        (error) => fail(contender, error),
      );
    }
    for (let round = 1; round <= rounds; round++) {
      onPart(`${at}: round ${round} of ${rounds}`);
      for (const runner of shuffled(runners, round)) {
        signal?.throwIfAborted();
        await takeRound(runner).catch((error: unknown) => {
          runners.delete(runner);
          close(runner.training);
          fail(runner.contender, error);
        });
      }
    }
  } finally {
    for (const { training } of runners) close(training);
  }
  return { steps: [...runners].map((runner) => recordOf(runner, shape)), failures };
}

/** Shuffles the runners differently in every round, so that none always runs after the same neighbour. */
function shuffled(runners: ReadonlySet<Runner>, round: number): Runner[] {
  const all = [...runners];
  const order = Uint32Array.from(all, (_, i) => i);
  shuffle(order, createRandom(round));
  return Array.from(order, (i) => all[i]);
}

/** Opens a contender, compares its first steps and finds how many steps fill a round. */
async function check(contender: Contender, problems: ProblemCache): Promise<Runner> {
  const { problem, expected } = await problems.of(contender.storage);
  const training = await contender.open(problem);
  try {
    await training.run(CHECKED_STEPS);
    const error = largestError(await training.weights(), expected);
    return { contender, training, error, steps: await stepsOfRound(training), times: [] };
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

async function takeRound({ training, steps, times }: Runner): Promise<void> {
  // Another contender has just run: caches and threads are warmed up again before the clock starts.
  await training.run(Math.ceil(steps / WARM_UP_DIVISOR));
  const started = performance.now();
  await training.run(steps);
  times.push((performance.now() - started) / steps);
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
