/** The state of the playground: its points, its settings, and its training. */
import { type Signal, signal } from "@preact/signals";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import type { Settings, Task } from "./course.ts";
import type { Extra } from "./features.ts";
import { LiveTraining } from "./live-training.ts";
import { CLASSES, cloudPoints, MOST_POINTS, type PlanePoint } from "./plane.ts";
import { countOf } from "./words.ts";

/** Position of the pointer or of the keyboard's cursor. */
interface Cursor extends Point {
  readonly by: "pointer" | "keys";
}

type Tool = "place" | "delete";

/** A playground, which the session keeps. It trains only while its view is open. */
export class Playground {
  readonly points: Signal<readonly PlanePoint[]> = signal<readonly PlanePoint[]>(cloudPoints(3));
  readonly settings: Signal<Settings> = signal<Settings>({
    extras: [],
    solver: "lbfgs",
    l2: 1e-3,
    learningRate: 0.1,
    epochs: 60,
  });
  /** Whether the points are those of the ring, perhaps with some changes. */
  readonly isRing: Signal<boolean> = signal(false);
  readonly chosen: Signal<number> = signal(0);
  readonly tool: Signal<Tool> = signal<Tool>("place");
  readonly cursor: Signal<Cursor | null> = signal<Cursor | null>(null);
  /** Text for a screen reader after the last key. */
  readonly spoken: Signal<string> = signal("");
  readonly training = new LiveTraining();

  /** Trains on the points; slowly enough to watch if there is no result yet. */
  open(): void {
    if (this.training.trained.value) void this.training.train(this.#task);
    else this.watch();
  }

  close(): void {
    this.cursor.value = null;
    this.spoken.value = "";
    this.training.stop();
  }

  /** Replaces all points, and trains slowly enough to watch. */
  replace(points: readonly PlanePoint[], isRing = false): void {
    this.points.value = points;
    this.isRing.value = isRing;
    this.watch();
  }

  /** @returns the new point; null if there are too many */
  place({ x, y }: Point): PlanePoint | null {
    if (this.points.value.length >= MOST_POINTS) {
      this.spoken.value = `There are ${MOST_POINTS} points, which is the most.`;
      return null;
    }
    const point = { x, y, k: this.chosen.value };
    this.#change([...this.points.value, point]);
    this.spoken.value = `${CLASSES[this.chosen.value]} placed, ${countOf(this.points.value)}.`;
    return point;
  }

  /** @returns the point as it is now; null if it was deleted */
  move(point: PlanePoint, { x, y }: Point): PlanePoint | null {
    const index = this.points.value.indexOf(point);
    if (index < 0) return null;
    const moved = { ...point, x, y };
    this.#change(this.points.value.with(index, moved));
    return moved;
  }

  delete(index: number): void {
    const { k } = this.points.value[index];
    this.#change(this.points.value.toSpliced(index, 1));
    this.spoken.value = `${CLASSES[k]} deleted, ${countOf(this.points.value)}.`;
  }

  /** Changes settings, and trains at once; a training that is watched takes them over. */
  set(changed: Partial<Settings>): void {
    this.settings.value = { ...this.settings.value, ...changed };
    void this.training.train(this.#task);
  }

  /** Switches a feature on or off. */
  toggle(extra: Extra): void {
    const { extras } = this.settings.value;
    this.set({
      extras: extras.includes(extra) ? extras.filter((other) => other !== extra) : [...extras, extra],
    });
  }

  /** Trains from zero, slowly enough to watch; at once if reduced motion is preferred. */
  watch(): void {
    if (!prefersStill()) void this.training.watch(this.#task);
    else {
      this.training.setPace("full");
      void this.training.train(this.#task);
    }
  }

  /** Begins slow motion, pauses it, or lets it go on. */
  togglePlay(): void {
    const pace = this.training.pace.value;
    if (pace === "full") this.watch();
    else if (pace === "slow") this.training.setPace("paused");
    else this.training.setPace(prefersStill() ? "full" : "slow");
  }

  /** Trains one epoch or iteration, and pauses. */
  step(): void {
    void this.training.step(this.#task);
  }

  #change(points: readonly PlanePoint[]): void {
    this.points.value = points;
    void this.training.train(this.#task);
  }

  get #task(): Task {
    return { points: this.points.value, settings: this.settings.value };
  }
}

function prefersStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
