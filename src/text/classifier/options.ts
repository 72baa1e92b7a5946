/** Options of a classifier of texts and of its calls, and their checks. */
import { checkLabelCount, type LabelsLike, openLabels } from "../../data/labels.ts";
import { describe } from "../../data/matrix.ts";
import { OptionError } from "../../errors.ts";
import type { CrossValidationOptions, FitOptions } from "../../fit-options.ts";
import { checkOptions, resolveOptions } from "../../option-rules.ts";
import { DEFAULTS, type SoftmaxRegressionOptions } from "../../options.ts";
import type { TextProgress } from "../counting.ts";
import { checkAll, resolveTextOptions } from "../option-rules.ts";
import { TEXT_DEFAULTS, type TextVectorizerOptions } from "../options.ts";
import type { TextsLike } from "../texts.ts";

/** Options of both parts. */
export interface TextClassifierOptions {
  /** How texts become rows. */
  readonly vectorizer?: TextVectorizerOptions;
  /** How rows are classified. */
  readonly model?: SoftmaxRegressionOptions;
}

/** Texts, labels and, if wanted, their weights. */
export type TextValidation = readonly [texts: TextsLike, y: LabelsLike, sampleWeight?: ArrayLike<number>];

/** Called now and then while texts are read. */
interface TextHook {
  /** Called now and then while the texts to be trained on are read. */
  readonly onTexts?: (progress: TextProgress) => void;
}

/** Options of `fit`: those of the model, with texts to validate on. */
export interface TextFitOptions extends Omit<FitOptions, "validation">, TextHook {
  /** Texts, labels and weights to evaluate after every epoch or iteration. */
  readonly validation?: TextValidation;
}

/** Options of `crossValidate`: those of the model, with texts to validate on. */
export interface TextCrossValidationOptions extends Omit<CrossValidationOptions, "validation">, TextHook {
  /** Texts to score on instead of folds. */
  readonly validation?: TextValidation;
}

/**
 * Checks the options of a classifier.
 *
 * @throws OptionError an unknown name, or one that belongs to a part; options that a part refuses
 */
export function checkClassifierOptions(options: TextClassifierOptions): void {
  if (typeof options === "object" && options !== null)
    for (const name of Object.keys(options)) {
      const part = Object.hasOwn(TEXT_DEFAULTS, name) ? "vectorizer" : "model";
      if (part === "vectorizer" || Object.hasOwn(DEFAULTS, name))
        throw new OptionError(name, `it is an option of the ${part}; write ${part}: { ${name}: … }`);
    }
  const isPart = (value: unknown) => typeof value === "object" && value !== null;
  checkAll(options, { vectorizer: ["an object", isPart], model: ["an object", isPart] });
  resolveTextOptions(options.vectorizer ?? {});
  resolveOptions(options.model ?? {});
}

/** Checks options of a call before its texts are read. @throws OptionError */
export function checkCall(
  call: "fit" | "crossValidate",
  { onTexts, ...options }: TextFitOptions & TextCrossValidationOptions,
  model: SoftmaxRegressionOptions,
): void {
  if (onTexts !== undefined && typeof onTexts !== "function")
    throw new OptionError("onTexts", `expected a function, got ${describe(onTexts)}`);
  const given = Object.entries(model).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  checkOptions[call](options as object, { given, solver: resolveOptions(model).solver });
}

/** Checks labels before texts are read. @throws as openLabels; ShapeError another number of labels than texts */
export function checkCounts(texts: TextsLike, y: LabelsLike): void {
  const labels = openLabels(y, "y");
  if (Array.isArray(texts)) checkLabelCount(labels, texts.length, "y");
}
