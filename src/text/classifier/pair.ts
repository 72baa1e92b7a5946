/** A vectorizer and the model that was fitted on its rows. They are replaced together. */
import type { SoftmaxRegression } from "../../softmax-regression.ts";
import type { TextVectorizer } from "../vectorizer.ts";

/** Both parts of a classifier. The model is freed when the pair has been replaced and no call uses it. */
export class Pair {
  readonly vectorizer: TextVectorizer;
  readonly model: SoftmaxRegression;
  #users = 0;
  #isRetired = false;

  constructor(vectorizer: TextVectorizer, model: SoftmaxRegression) {
    this.vectorizer = vectorizer;
    this.model = model;
  }

  /** Whether the model has parameters. */
  get isFitted(): boolean {
    try {
      return this.model.classes.length > 0;
    } catch {
      return false;
    }
  }

  /** Runs `work`, and frees the model behind it if the pair was replaced meanwhile. */
  async use<T>(work: (pair: this) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work(this);
    } finally {
      this.#users--;
      this.#freeIfUnused();
    }
  }

  /** Frees the model as soon as no call uses it. */
  retire(): void {
    this.#isRetired = true;
    this.#freeIfUnused();
  }

  #freeIfUnused(): void {
    if (this.#isRetired && this.#users === 0) this.model.dispose();
  }
}
