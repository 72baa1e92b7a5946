/**
 * The picture to classify (strokes, cells of the pad, a validation sample, or one from a file or the camera), its
 * prediction and the evidence.
 */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Label } from "../../../../src/index.ts";
import type { Parameters } from "../../../../src/parameters.ts";
import { largestAt } from "../../data/arrays.ts";
import type { DemoDataset, ImageShape } from "../../data/demo-dataset.ts";
import { asDense, rowValues } from "../../data/rows.ts";
import type { Run } from "../../state/run.ts";
import { strokesOfCells } from "./cells.ts";
import { type Answer, answerTo, contributions, largestTerm, likeliest } from "./evidence.ts";
import { grey, imageStyleOf } from "./image-style.ts";
import { type ImageStyle, placed, rowOfInk, type Stroke } from "./raster.ts";

type Source =
  | { readonly kind: "strokes"; readonly strokes: readonly Stroke[] }
  | { readonly kind: "cells"; readonly cells: ReadonlySet<number> }
  | { readonly kind: "sample"; readonly row: number; readonly dataset: DemoDataset }
  | { readonly kind: "picture"; readonly x: Float32Array; readonly name: string };

/** An image as the model's input and as ink. */
interface Picture {
  /** x `[D]` */
  readonly x: Float32Array;
  /** 0 to 1, `[height, width]` */
  readonly ink: Float32Array;
}

/** A model's parameters and its prediction. */
export interface Prediction extends Answer {
  readonly parameters: Parameters;
  readonly classes: readonly Label[];
  /** Positions of the classes to show, ascending: all, or the likeliest of many. */
  readonly shown: readonly number[];
}

/** Classes that are shown at most: thousands would delay every movement of the pen. */
export const MOST_CLASSES = 40;

const NOTHING: Source = { kind: "strokes", strokes: [] };

/** Contribution of each pixel to the score of one class. */
export interface Evidence {
  readonly k: number;
  /** `[height, width]` */
  readonly terms: Float64Array;
  /** The largest |term| of any class that is shown. */
  readonly largest: number;
}

/** A drawing, which the session keeps while other views are open. */
export class Drawing {
  readonly image: ImageShape;
  readonly source: Signal<Source> = signal(NOTHING);
  /** Of the training images. */
  readonly style: ReadonlySignal<ImageStyle>;
  /** The class whose evidence is shown; null for the most probable one. */
  readonly chosen: Signal<Label | null> = signal<Label | null>(null);
  /** The strokes, in widths of the drawing area. */
  readonly strokes: ReadonlySignal<readonly Stroke[]>;
  /** Null while nothing is drawn. */
  readonly picture: ReadonlySignal<Picture | null>;
  /** Null before training, and while nothing is drawn. */
  readonly prediction: ReadonlySignal<Prediction | null>;
  /** Null without a prediction. */
  readonly evidence: ReadonlySignal<Evidence | null>;

  constructor(dataset: ReadonlySignal<DemoDataset>, run: Run, image: ImageShape) {
    this.image = image;
    const style = computed<ImageStyle>(() => imageStyleOf(asDense(dataset.value.train.x), image));
    this.style = style;
    const latest = computed(() => {
      const inUse = run.inUse.value;
      return (
        inUse && {
          ...float64(inUse.snapshot),
          classes: inUse.snapshot.classes,
          temperature: inUse.model.temperature,
        }
      );
    });
    this.strokes = computed(() => {
      const source = this.source.value;
      if (source.kind === "strokes") return source.strokes;
      return source.kind === "cells" ? strokesOfCells(source.cells, image.height / image.width) : [];
    });
    this.picture = computed(() => {
      const source = this.source.value;
      if (source.kind === "sample")
        return pictureOf(rowValues(source.dataset.validation.x, source.row), image, style.value);
      if (source.kind === "picture") return pictureOf(source.x, image, style.value);
      if (this.strokes.value.length === 0) return null;
      const ink = placed(this.strokes.value, style.value, image);
      return { x: rowOfInk(ink, style.value, image), ink };
    });
    this.prediction = computed(() => {
      const x = this.picture.value?.x;
      if (!x || !latest.value) return null;
      const { classes, temperature, ...parameters } = latest.value;
      const answer = answerTo(x, parameters, temperature);
      const shown = largestAt(classes.length, (k) => answer.probabilities[k], MOST_CLASSES);
      return { ...answer, parameters, classes, shown };
    });
    this.evidence = computed(() => {
      const x = this.picture.value?.x;
      if (!x || !this.prediction.value) return null;
      const { classes, probabilities, parameters, shown } = this.prediction.value;
      const chosen = this.chosen.value === null ? -1 : classes.indexOf(this.chosen.value);
      const k = chosen < 0 ? likeliest(probabilities) : chosen;
      const terms = contributions(x, parameters, k, image.channels);
      return { k, terms, largest: largestTerm(x, parameters, image.channels, [...shown, k]) };
    });
  }

  clear(): void {
    this.source.value = NOTHING;
  }

  undo(): void {
    const source = this.source.value;
    if (source.kind === "strokes")
      this.source.value = { kind: "strokes", strokes: source.strokes.slice(0, -1) };
  }

  /** Shows the next validation sample of the data set; without rows, none. */
  loadSample(dataset: DemoDataset): void {
    const { rows } = dataset.validation.x;
    if (rows === 0) return;
    const source = this.source.value;
    const row = source.kind === "sample" ? (source.row + 1) % rows : 0;
    this.source.value = { kind: "sample", row, dataset };
  }
}

function pictureOf(x: Float32Array, image: ImageShape, style: ImageStyle): Picture {
  const ink = grey(x, image).map((value) => (value - style.ground) / (style.full - style.ground));
  return { x, ink: ink.map((amount) => Math.min(1, Math.max(0, amount))) };
}

function float64({ weights, bias }: { readonly weights: Float32Array; readonly bias: Float32Array }) {
  return { weights: Float64Array.from(weights), bias: Float64Array.from(bias) };
}
