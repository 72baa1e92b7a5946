/** The outcome of a record in one sentence, from correct results only, and what has to be said beside it. */
import { formatNumber } from "../../demo/ui/format.ts";
import { rowsPerSecond, speedBeside, speedText } from "../figures.ts";
import { shapeText } from "../measure/text.ts";
import { type BenchRecord, type BenchShape, isCorrect, LOST_GPU, type StepRecord } from "../record.ts";
import { failedContender, libraryOf, OWN_NAME, PEER_NAMES, usesWebgpu } from "./contender-names.ts";
import { HEADLINE_SHAPE } from "./one-click.ts";
import { adapterName } from "./record-names.ts";

/** A sentence, in two parts that differ in size, and further sentences. */
export interface Headline {
  /** The figure, for example `"68,900 rows a second"`; empty if there is none. */
  readonly figure: string;
  readonly rest: string;
  readonly notes: readonly string[];
}

/** Returns the shape that a record's headline is about: the usual one if it was measured, else the first. */
export function headlineShape({ steps }: Pick<BenchRecord, "steps">): BenchShape {
  const usual = shapeText(HEADLINE_SHAPE);
  const isUsual = steps.length === 0 || steps.some(({ shape }) => shapeText(shape) === usual);
  return isUsual ? HEADLINE_SHAPE : steps[0].shape;
}

/** Returns the steps at the shape of the headline. */
export function headlineSteps(record: Pick<BenchRecord, "steps">): StepRecord[] {
  const shape = shapeText(headlineShape(record));
  return record.steps.filter((step) => shapeText(step.shape) === shape);
}

/** Returns the fastest correct step of those that fit; null if there is none. */
export function fastest(
  steps: readonly StepRecord[],
  fits: (contender: string) => boolean,
): StepRecord | null {
  const candidates = steps.filter((step) => fits(step.contender) && isCorrect(step));
  return candidates.reduce<StepRecord | null>(
    (best, step) => (best && best.time.median <= step.time.median ? best : step),
    null,
  );
}

/** @param isHere whether the record is of this computer */
export function headlineOf(record: BenchRecord, isHere: boolean): Headline {
  const steps = headlineSteps(record);
  const { adapter } = record.machine;
  const own = (onGpu: boolean) =>
    fastest(steps, (name) => libraryOf(name) === OWN_NAME && usesWebgpu(name) === onGpu);
  const [webgpu, wasm] = [own(true), own(false)];
  const isSoftware = adapter?.software === true;
  const ours = wasm && (isSoftware || !webgpu || webgpu.time.median > wasm.time.median) ? wasm : webgpu;
  const notes = [...notesAbout(record, steps)];
  if (!ours) return { figure: "", rest: whyNone(record, steps), notes };
  const device = ours === wasm ? "on the CPU" : isSoftware ? "on a software adapter" : "on the GPU";
  const owner = isHere ? "this" : "that";
  const comparisons = PEER_NAMES.map((peer) => ({ name: peer as string, step: fastest(steps, isOf(peer)) }));
  if (!isSoftware)
    comparisons.push({
      name: `${owner} computer’s ${ours === wasm ? "GPU" : "CPU"}`,
      step: ours === wasm ? webgpu : wasm,
    });
  const words = comparisons
    .filter(({ step }) => step)
    .map(({ name, step }) => speedText(speedBeside(ours, step), name));
  return {
    figure: `${formatNumber(rowsPerSecond(ours))} rows a second`,
    rest: words.length > 0 ? `${device}: ${words.join(", ")}.` : `${device}.`,
    notes: isSoftware && ours === wasm ? [softwareNote(adapterName(adapter), webgpu, wasm), ...notes] : notes,
  };
}

const isOf = (library: string) => (contender: string) => libraryOf(contender) === library;

function softwareNote(name: string, webgpu: StepRecord | null, wasm: StepRecord): string {
  const speed = speedBeside(webgpu, wasm);
  const beside = speed === null ? "" : `, ${speedText(speed, "WebAssembly")}`;
  return `WebGPU runs on a software adapter here (${name})${beside}.`;
}

function* notesAbout(record: BenchRecord, steps: readonly StepRecord[]): Generator<string> {
  const { failures, machine } = record;
  if (failures.some(({ what }) => what === LOST_GPU))
    yield "The GPU was lost while this was measured; what came before it is kept. Reload the page and measure again. If it is lost again, close other tabs that use the GPU, or update its driver.";
  if (!machine.adapter) yield "There was no WebGPU, so that only the CPU was measured.";
  for (const peer of PEER_NAMES) {
    const problem = problemOf(peer, record, steps);
    if (problem) yield problem;
  }
}

/** Returns a sentence about a library that has no correct result; "" if it has one. */
function problemOf(
  library: string,
  { failures, steps: all }: BenchRecord,
  steps: readonly StepRecord[],
): string {
  if (fastest(steps, isOf(library))) return "";
  if (steps.some(({ contender }) => isOf(library)(contender)))
    return `${library} gave wrong results and is not compared.`;
  const shape = headlineShape({ steps: all });
  const failure = failures.find((one) => failedContender(one, shape)?.startsWith(library));
  return failure
    ? `${library} could not be measured: ${brief(failure.message)}`
    : `${library} was not measured.`;
}

function whyNone(record: BenchRecord, steps: readonly StepRecord[]): string {
  const problem = problemOf(OWN_NAME, record, steps);
  return `There is no figure: ${problem}`;
}

/** Returns the first line of a message, cut if it is long. */
function brief(message: string): string {
  const [line] = message.split("\n", 1);
  const text = line.length > 160 ? `${line.slice(0, 160)} …` : line;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
