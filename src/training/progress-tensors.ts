/** The arrays of an interrupted fit as a file has them: taken by name, each once, none left over. */
import { inPieces } from "../data/pieces.ts";
import type { SavedProgress } from "../formats/saved-model.ts";
import type { Parameters } from "../objective.ts";
import { bad } from "./progress-fields.ts";

/** Arrays for a model of W `[K·D]` and K classes. */
export class ProgressTensors {
  readonly #tensors: SavedProgress["tensors"];
  readonly #weights: number;
  readonly #classes: number;
  readonly #left: Set<string>;

  constructor(tensors: SavedProgress["tensors"], weights: number, classes: number) {
    this.#tensors = tensors;
    this.#weights = weights;
    this.#classes = classes;
    this.#left = new Set(Object.keys(tensors));
  }

  /** How many there are. */
  get count(): number {
    return Object.keys(this.#tensors).length;
  }

  /** Numbers of W and, behind them, of b if there is one. */
  lengthOf(hasBias: boolean): number {
    return this.#weights + (hasBias ? this.#classes : 0);
  }

  /** Whether there are parameters of this name. */
  has(name: string): boolean {
    return Object.hasOwn(this.#tensors, `${name}.weights`);
  }

  /** Returns an array. @throws FormatError no array of that name, another length, or a value that is not accepted */
  async take(
    name: string,
    length: number,
    accepts: (value: number) => boolean = Number.isFinite,
  ): Promise<Float64Array> {
    if (!Object.hasOwn(this.#tensors, name)) throw bad(name, "nothing");
    const values = this.#tensors[name];
    if (values.length !== length) throw bad(name, `${values.length} numbers`);
    await inPieces(length, (begin, end) => {
      for (let i = begin; i < end; i++) if (!accepts(values[i])) throw bad(name, values[i]);
    });
    this.#left.delete(name);
    return values;
  }

  /** Returns two arrays, W and b. @throws FormatError as {@link take} */
  async parameters(name: string, accepts?: (value: number) => boolean): Promise<Parameters> {
    return {
      weights: await this.take(`${name}.weights`, this.#weights, accepts),
      bias: await this.take(`${name}.bias`, this.#classes, accepts),
    };
  }

  /** Refuses arrays that nothing has asked for. @throws FormatError */
  requireAllUsed(): void {
    for (const name of this.#left) throw bad(name.slice(0, 40), "an array that this fit does not have");
  }
}
