/** What is to be classified: strokes, cells of the pad or a validation sample; and what the model says of it. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Label } from "../../../../src/index.ts";
import type { Parameters } from "../../../../src/objective.ts";
import { largestAt } from "../../components/largest.ts";
import type { DemoDataset, ImageShape } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";
import { strokesOfCells } from "./cells.ts";
import { type Answer, answerTo, contributions, largestTerm, likeliest } from "./evidence.ts";
import { grey, type Look, lookOf, rowOf } from "./look.ts";
import { placed, rowOfInk } from "./place.ts";
import type { Stroke } from "./raster.ts";

/** Where the drawing comes from. */
export type Source =
  | { readonly kind: "strokes"; readonly strokes: readonly Stroke[] }
  | { readonly kind: "cells"; readonly cells: ReadonlySet<number> }
  | { readonly kind: "sample"; readonly row: number; readonly dataset: DemoDataset };

/** An image, as it goes into the model and as ink. */
export interface Picture {
  /** x `[D]` */
  readonly x: Float32Array;
  /** 0 to 1, `[height, width]` */
  readonly ink: Float32Array;
}

/** A trained model's parameters and its answer. */
export interface Verdict extends Answer {
  readonly parameters: Parameters;
  readonly classes: readonly Label[];
  /** Positions of the classes to show, ascending: all, or of many the likeliest. */
  readonly shown: readonly number[];
}

/** Classes that are shown at most: thousands would hold every movement of the pen up. */
export const MOST_CLASSES = 40;

const NOTHING: Source = { kind: "strokes", strokes: [] };

/** What each pixel adds to the score of the class shown. */
export interface Evidence {
  /** Its place among the classes. */
  readonly k: number;
  /** `[height, width]` */
  readonly terms: Float64Array;
  /** The largest |term| of any class that is shown. */
  readonly largest: number;
}

/** One drawing, kept while other views are looked at. */
export class Drawing {
  readonly source: Signal<Source> = signal(NOTHING);
  /** The class whose evidence is asked for; null: always the most probable one. */
  readonly chosen: Signal<Label | null> = signal<Label | null>(null);
  /** The strokes, in widths of the drawing area. */
  readonly strokes: ReadonlySignal<readonly Stroke[]>;
  /** Null while nothing is drawn. */
  readonly picture: ReadonlySignal<Picture | null>;
  /** Null before training, and while nothing is drawn. */
  readonly verdict: ReadonlySignal<Verdict | null>;
  /** Null where there is no verdict. */
  readonly evidence: ReadonlySignal<Evidence | null>;

  constructor(session: Session, image: ImageShape) {
    const look = computed<Look>(() => lookOf(session.dataset.value.train.x, image));
    const parameters = computed(() => {
      const snapshot = session.snapshot.value;
      return snapshot && { ...float64(snapshot), classes: snapshot.classes };
    });
    this.strokes = computed(() => {
      const source = this.source.value;
      if (source.kind === "strokes") return source.strokes;
      return source.kind === "cells" ? strokesOfCells(source.cells, image.height / image.width) : [];
    });
    this.picture = computed(() => {
      const source = this.source.value;
      if (source.kind === "sample") return sampleOf(source.dataset, source.row, image, look.value);
      if (this.strokes.value.length === 0) return null;
      const ink = placed(this.strokes.value, look.value, image);
      return { x: rowOfInk(ink, look.value, image), ink };
    });
    this.verdict = computed(() => {
      const x = this.picture.value?.x;
      if (!x || !parameters.value) return null;
      const { classes, ...values } = parameters.value;
      const answer = answerTo(x, values, session.model?.temperature);
      const shown = largestAt(classes.length, (k) => answer.probabilities[k], MOST_CLASSES);
      return { ...answer, parameters: values, classes, shown };
    });
    this.evidence = computed(() => {
      const x = this.picture.value?.x;
      if (!x || !this.verdict.value) return null;
      const { classes, probabilities, parameters: learnt, shown } = this.verdict.value;
      const chosen = this.chosen.value === null ? -1 : classes.indexOf(this.chosen.value);
      const k = chosen < 0 ? likeliest(probabilities) : chosen;
      const terms = contributions(x, learnt, k, image.channels);
      return { k, terms, largest: largestTerm(x, learnt, image.channels, [...shown, k]) };
    });
  }

  clear(): void {
    this.source.value = NOTHING;
  }

  /** Takes the last stroke back. */
  undo(): void {
    const source = this.source.value;
    if (source.kind === "strokes")
      this.source.value = { kind: "strokes", strokes: source.strokes.slice(0, -1) };
  }

  /** Another validation sample of the data set, one after the other. */
  loadSample(dataset: DemoDataset): void {
    const source = this.source.value;
    const row = source.kind === "sample" ? (source.row + 1) % dataset.validation.x.rows : 0;
    this.source.value = { kind: "sample", row, dataset };
  }
}

function sampleOf({ validation }: DemoDataset, row: number, image: ImageShape, look: Look): Picture {
  const x = rowOf(validation.x, row);
  const ink = grey(x, image).map((value) => (value - look.ground) / (look.full - look.ground));
  return { x, ink: ink.map((amount) => Math.min(1, Math.max(0, amount))) };
}

function float64({ weights, bias }: { readonly weights: Float32Array; readonly bias: Float32Array }) {
  return { weights: Float64Array.from(weights), bias: Float64Array.from(bias) };
}
