/** A collection of pictures: classes with a name and pictures each. It outlives its panel. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { formatCount } from "../../../ui/format.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenContext,
  PICTURE_SHAPES,
  type PictureChoices,
} from "../../data/open-context.ts";
import { someOf } from "../../data/open-dataset.ts";
import { isPicture } from "../../data/open-kind.ts";

/** Pictures of a class that are a good start. */
export const GOOD_START = 30;
/** Pictures at most: those of a camera take some 50 kB each. */
const MOST = 5000;
/** Least pictures of a class: one to train on and one to hold back. */
const LEAST = 2;

/** A class, whose name may still change. */
export class CollectedClass {
  readonly name: Signal<string>;
  readonly pictures: Signal<readonly File[]> = signal<readonly File[]>([]);
  /** Counts from 1; no other class ever has it. */
  readonly id: number;
  #frames = 0;

  constructor(id: number) {
    this.id = id;
    this.name = signal(`Class ${id}`);
  }

  /** The name without spaces around it; for one without a name, what stands in for it. */
  get title(): string {
    return this.name.value.trim() || "the class without a name";
  }

  /** Returns the number of a new frame of the camera, from 1 on. */
  nextFrame(): number {
    return ++this.#frames;
  }
}

export class Collection {
  readonly classes: Signal<readonly CollectedClass[]> = signal([
    new CollectedClass(1),
    new CollectedClass(2),
  ]);
  readonly choices: Signal<PictureChoices> = signal({
    ...DEFAULT_PICTURES,
    shape: PICTURE_SHAPES[1],
    skipBroken: true,
  });
  /** Sentence about the latest failure; empty if there is none. */
  readonly problem: Signal<string> = signal("");
  readonly total: ReadonlySignal<number> = computed(() =>
    this.classes.value.reduce((sum, { pictures }) => sum + pictures.value.length, 0),
  );
  /** Sentence about what is missing before training; empty if nothing is. */
  readonly missing: ReadonlySignal<string> = computed(() => missingIn(this.classes.value));
  #lastId = 2;

  addClass(): CollectedClass {
    const added = new CollectedClass(++this.#lastId);
    this.classes.value = [...this.classes.value, added];
    return added;
  }

  removeClass(removed: CollectedClass): void {
    this.classes.value = this.classes.value.filter((own) => own !== removed);
  }

  /** Adds pictures up to the most that are kept; says so if there are more. */
  add({ pictures }: CollectedClass, files: readonly File[]): void {
    const free = MOST - this.total.value;
    pictures.value = [...pictures.value, ...files.slice(0, free)];
    this.problem.value =
      files.length > free
        ? `${formatCount(MOST)} pictures are the most that are kept here. Delete some, or open a folder of pictures instead.`
        : "";
  }

  /** Adds the pictures among files; names the others. */
  addFiles(to: CollectedClass, files: readonly NamedFile[]): void {
    const others = files.filter((file) => !isPicture(file));
    this.add(
      to,
      files.filter(isPicture).map(({ file }) => file),
    );
    if (others.length === 0) return;
    this.problem.value = `Left out, as no pictures: ${someOf(others.map(({ path }) => path))}.`;
  }

  /** Removes a picture that cannot be read, and says why; `fault` is the end of a sentence. */
  leaveOut(from: CollectedClass, picture: File, fault: string): void {
    this.remove(from, picture);
    this.problem.value = `Left out: ${picture.name} ${fault}.`;
  }

  remove({ pictures }: CollectedClass, picture: File): void {
    pictures.value = pictures.value.filter((own) => own !== picture);
  }

  /** Makes a data set of all pictures. @throws SoftmaxError as `picturesDataset` does */
  async make(context: OpenContext): Promise<DemoDataset> {
    const { picturesDataset } = await import("../../data/pictures/pictures-dataset.ts");
    const pictures = this.classes.value.flatMap(({ title, pictures: own }) =>
      own.value.map((file) => ({ path: `${title}/${file.name}`, file, label: title })),
    );
    return picturesDataset({ name: "Collected pictures", pictures }, this.choices.value, context);
  }
}

function missingIn(classes: readonly CollectedClass[]): string {
  const names = classes.map(({ name }) => name.value.trim());
  if (names.includes("")) return "Every class needs a name.";
  const double = names.find((name, i) => names.indexOf(name) < i);
  if (double !== undefined) return `Two classes have the name “${double}”.`;
  const few = classes
    .filter(({ pictures }) => pictures.value.length < LEAST)
    .map(({ title }) => `“${title}”`);
  return few.length > 0 ? `Still to collect: at least ${LEAST} pictures of ${few.join(", ")}.` : "";
}
