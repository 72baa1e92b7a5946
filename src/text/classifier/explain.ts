/**
 * Which terms speak for and against each class. Weights and bias are centred over the classes: a number
 * added to the scores of all classes changes no probability, so that only differences between classes say anything.
 */
import type { Label } from "../../data/labels.ts";
import { describe } from "../../data/matrix.ts";
import { inPieces } from "../../data/pieces.ts";
import { DataError, OptionError } from "../../errors.ts";
import type { TextTerm } from "../term-sinks.ts";
import type { TextsLike } from "../texts.ts";
import { stateOf } from "../vectorizer.ts";
import type { Pair } from "./pair.ts";

/** A term of a text, and its contribution to the score of a class. */
export interface TermContribution {
  readonly term: string;
  /** x_j: value of the term in the text's row. */
  readonly value: number;
  /** Weight of the class, less the mean over the classes. */
  readonly weight: number;
  /** value × weight: above 0 if the term speaks for the class. */
  readonly contribution: number;
}

/** What a text says about one class. */
export interface ClassExplanation {
  readonly label: Label;
  readonly probability: number;
  /** The bias and all contributions together: the logit, less the mean over the classes. */
  readonly score: number;
  /** Bias of the class, less the mean over the classes. */
  readonly bias: number;
  /** All terms of the text that have a column, by contribution, the largest first. */
  readonly terms: readonly TermContribution[];
}

/** What a text says about each class, in the order of `classes`. */
export interface TextExplanation {
  /** The most probable label. */
  readonly label: Label;
  readonly classes: readonly ClassExplanation[];
}

/** A term that speaks for a class. */
export interface WeightedTerm {
  readonly term: string;
  /** Weight of the class, less the mean over the classes; of a hashed term, times the term's sign. */
  readonly weight: number;
}

/** The terms that speak most for one class, the strongest first. */
export interface ClassTerms {
  readonly label: Label;
  readonly terms: readonly WeightedTerm[];
}

/** Columns looked at between two looks at the clock. */
const PIECE = 2 ** 12;

/** Explains the classification of one text. @throws DataError a text that is no string */
export async function explain(
  { vectorizer, model }: Pair,
  text: string,
  signal: AbortSignal,
): Promise<TextExplanation> {
  if (typeof text !== "string") throw new DataError("text", `expected a string, got ${describe(text)}`);
  const { indices, data } = await vectorizer.transform([text], { signal });
  const names = namesByColumn(await vectorizer.terms([text], { signal }));
  const { classes, temperature } = model;
  const [weights, bias] = [centredWeights(model.weights, classes.length), centred(Array.from(model.bias))];
  const named = Array.from(indices, (column, i) => ({
    term: names.get(column) ?? "",
    value: data[i],
    weights: weights(column),
  }));
  const explained = classes.map((label, k) => {
    const ofClass = named.map(({ term, value, weights: all }): TermContribution => {
      return { term, value, weight: all[k], contribution: value * all[k] };
    });
    const score = ofClass.reduce((sum, { contribution }) => sum + contribution, bias[k]);
    return {
      label,
      score,
      bias: bias[k],
      terms: ofClass.sort((a, b) => b.contribution - a.contribution),
    };
  });
  const probabilities = softmax(explained.map(({ score }) => score / temperature));
  const best = probabilities.indexOf(Math.max(...probabilities));
  return {
    label: classes[best],
    classes: explained.map((one, k) => ({ ...one, probability: probabilities[k] })),
  };
}

/** Returns the terms with the largest weights of each class. @throws OptionError */
export async function topFeatures(
  { vectorizer, model }: Pair,
  k: number,
  texts: TextsLike | undefined,
  signal: AbortSignal,
): Promise<ClassTerms[]> {
  if (!Number.isSafeInteger(k) || k < 1)
    throw new OptionError("k", `expected an integer ≥ 1, got ${describe(k)}`);
  const vocabulary = stateOf(vectorizer).terms?.vocabulary;
  if (!vocabulary && texts === undefined)
    throw new OptionError("texts", "hashed columns have no names; pass texts, whose terms name them");
  const terms = vocabulary ? null : await vectorizer.terms(texts as TextsLike, { signal });
  const { classes } = model;
  const weights = centredWeights(model.weights, classes.length);
  const best = classes.map(() => new Largest(k));
  await inPieces(
    terms?.length ?? vectorizer.features,
    (begin, end) => {
      for (let i = begin; i < end; i++) {
        const { column, sign } = terms?.[i] ?? { column: i, sign: 1 };
        const ofColumn = weights(column);
        for (let c = 0; c < classes.length; c++) best[c].add(i, sign * ofColumn[c]);
      }
    },
    PIECE,
    signal,
  );
  const nameOf = (i: number) => terms?.[i].term ?? vocabulary?.pool.textOf(i) ?? "";
  return classes.map((label, c) => ({
    label,
    terms: best[c].entries.map(([i, weight]) => ({ term: nameOf(i), weight })),
  }));
}

/** Returns the terms of each column, joined. */
function namesByColumn(terms: readonly TextTerm[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const { term, column } of terms) {
    const known = names.get(column);
    names.set(column, known === undefined ? term : `${known} / ${term}`);
  }
  return names;
}

/** Returns a function from a column to its weights `[K]`, centred over the classes. */
function centredWeights(weights: Float32Array, classes: number): (column: number) => number[] {
  const features = weights.length / classes;
  return (column) => centred(Array.from({ length: classes }, (_, k) => weights[k * features + column]));
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function softmax(scores: readonly number[]): number[] {
  const max = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - max));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The largest of many numbers, with their positions; of equal ones, the first. */
class Largest {
  readonly #count: number;
  /** Up to twice as many, of which the smaller half is dropped when it is full. */
  #candidates: (readonly [position: number, value: number])[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  add(position: number, value: number): void {
    this.#candidates.push([position, value]);
    if (this.#candidates.length >= 2 * this.#count) this.#candidates = this.entries;
  }

  /** The largest first. */
  get entries(): (readonly [position: number, value: number])[] {
    const sorted = this.#candidates.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return sorted.slice(0, this.#count);
  }
}
