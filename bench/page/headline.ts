/** The outcome of a record in one sentence, from correct results only, and what has to be said beside it. */
import { formatCounted, formatNumber } from "../../demo/ui/format.ts";
import { isTunedWebgpu, rowsPerSecond, speedBeside, speedText } from "../figures.ts";
import { shapeText } from "../measure/text.ts";
import { type BenchRecord, type BenchShape, isCorrect, LOST_GPU, type StepRecord } from "../record.ts";
import {
  failedContender,
  libraryOf,
  OWN_NAME,
  PEER_NAMES,
  threadsOf,
  usesWebgpu,
} from "./contender-names.ts";
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

/**
 * Returns our step that stands for the GPU or the CPU. On the GPU the one of the tables: tuned if that was measured, with
 * f32 if that was, since others take f32. On the CPU the faster number of threads.
 *
 * @returns null if there is none, or it is wrong
 */
export function ownStep(steps: readonly StepRecord[], onGpu: boolean): StepRecord | null {
  if (!onGpu) return fastest(steps, (name) => isOwn(name) && !usesWebgpu(name));
  const all = steps.filter(({ contender }) => isOwn(contender) && usesWebgpu(contender));
  const tuned = all.filter(({ contender }) => isTunedWebgpu(contender));
  const ours = tuned.length > 0 ? tuned : all;
  const step = ours.find(({ storage }) => storage === "f32") ?? ours.at(0);
  return step && isCorrect(step) ? step : null;
}

/**
 * Makes the headline of a record that has steps.
 *
 * @param isHere whether the record is of this computer
 */
export function headlineOf(record: BenchRecord, isHere: boolean): Headline {
  const steps = headlineSteps(record);
  const { adapter } = record.machine;
  const [webgpu, wasm] = [ownStep(steps, true), ownStep(steps, false)];
  const isSoftware = adapter?.software === true;
  const ours = wasm && (isSoftware || !webgpu || webgpu.time.median > wasm.time.median) ? wasm : webgpu;
  const notes = [...notesAbout(record, steps)];
  if (!ours) return { figure: "", rest: whyNone(record, steps), notes };
  const peers = PEER_NAMES.map((name) => ({ name: name as string, step: fastest(steps, isOf(name)) }));
  const comparisons = isSoftware ? peers : [...peers, otherDevice(ours === wasm ? webgpu : wasm, isHere)];
  const words = comparisons
    .filter(({ step }) => step)
    .map(({ name, step }) => speedText(speedBeside(ours, step), name));
  const device = ours === wasm ? "on the CPU" : onGpuText(ours, isSoftware);
  if (ours === wasm) notes.unshift(...threadNote(wasm, peers));
  if (isSoftware && ours === wasm) notes.unshift(softwareNote(adapterName(adapter), webgpu, wasm));
  return {
    figure: `${formatNumber(rowsPerSecond(ours))} rows a second`,
    rest: words.length > 0 ? `${device}: ${words.join(", ")}.` : `${device}.`,
    notes,
  };
}

const isOf = (library: string) => (contender: string) => libraryOf(contender) === library;
const isOwn = isOf(OWN_NAME);

interface Compared {
  readonly name: string;
  readonly step: StepRecord | null;
}

/** Returns the computer's other device and our step on it. */
function otherDevice(step: StepRecord | null, isHere: boolean): Compared {
  const device = step && usesWebgpu(step.contender) ? "GPU" : "CPU";
  return { name: `${isHere ? "this" : "that"} computer’s ${device}${step ? specialsOf(step) : ""}`, step };
}

function onGpuText(step: StepRecord, isSoftware: boolean): string {
  return `${isSoftware ? "on a software adapter" : "on the GPU"}${specialsOf(step)}`;
}

/** Returns the number of threads of a CPU, or how a step differs from a tuned one with f32, in brackets. */
function specialsOf({ contender, storage }: StepRecord): string {
  const threads = threadsOf(contender);
  const specials = usesWebgpu(contender)
    ? [isTunedWebgpu(contender) ? "" : "untuned", storage === "f32" ? "" : storage]
    : [threads === null ? "" : formatCounted(threads, "thread")];
  const words = specials.filter(Boolean).join(", ");
  return words && ` (${words})`;
}

/** Says that ours has several threads, if a library that is compared with it has one. */
function threadNote(ours: StepRecord, peers: readonly Compared[]): string[] {
  const threads = threadsOf(ours.contender) ?? 1;
  const others = peers.filter(({ step }) => step && isCorrect(step) && !usesWebgpu(step.contender));
  if (threads === 1 || others.length === 0) return [];
  const names = others.map(({ name }) => name).join(" and ");
  return [`${OWN_NAME} uses ${threads} CPU threads here, ${names} one.`];
}

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
  const failure = failures.find((one) => failedContender(one, shape)?.label.startsWith(library));
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
