/**
 * The fragment of the address: the view, and behind a `?` the built-in data set and the options that differ from those
 * it begins with, for example `#train?data=clouds&l2=0.01`. Own data are in no link: then it names the view only.
 */
import { BUILT_IN_NAMES, type BuiltIn } from "../data/built-in.ts";
import type { DemoDataset } from "../data/demo-dataset.ts";
import { brief } from "../data/text.ts";
import { type ViewName, viewOf } from "../view-names.ts";
import { CHOICE_NAMES, isChoice } from "./choice-rules.ts";
import { type Choices, choicesFor } from "./choices.ts";

/** The data set and options that a link names. */
export interface Link {
  readonly view: ViewName;
  /** Null if it names none. */
  readonly data: BuiltIn | null;
  readonly choices: Partial<Choices>;
  /** False for `start=no`: nothing is to start by itself. */
  readonly mayStart: boolean;
  /** A sentence about what was ignored; empty if nothing was. */
  readonly problem: string;
}

/** Reads a fragment. What it asks for in vain is ignored, and named in `problem`. */
export function readLink(hash: string): Link {
  const [, query = ""] = /\?(.*)$/s.exec(hash) ?? [];
  const choices = new Map<string, unknown>();
  const ignored: string[] = [];
  let data: BuiltIn | null = null;
  let mayStart = true;
  for (const [name, text] of new URLSearchParams(query)) {
    const value = typedValue(text);
    if (name === "start" && (text === "no" || text === "yes")) mayStart = text === "yes";
    else if (name === "data" && Object.hasOwn(BUILT_IN_NAMES, text)) data = text as BuiltIn;
    else if (isChoiceName(name) && isChoice(name, value)) choices.set(name, value);
    else ignored.push(brief(`${name}=${text}`));
  }
  return {
    view: viewOf(hash),
    data,
    choices: Object.fromEntries(choices),
    mayStart,
    problem: problemOf(ignored),
  };
}

/** Tells whether a link asks for data or options. */
export function asksForSomething({ data, choices }: Link): boolean {
  return data !== null || Object.keys(choices).length > 0;
}

/** Returns the fragment for a view with a data set and options. `isStill` adds `start=no`. */
export function fragmentOf(view: string, dataset: DemoDataset, choices: Choices, isStill = false): string {
  const query = new URLSearchParams();
  const data = linkedDataOf(dataset);
  if (data !== null) {
    const usual = choicesFor(dataset, "auto");
    if (data !== "digits") query.set("data", data);
    for (const name of CHOICE_NAMES) {
      if (choices[name] !== usual[name]) query.set(name, String(choices[name]));
    }
  }
  if (isStill) query.set("start", "no");
  const text = query.toString();
  return `#${view}${text && `?${text}`}`;
}

/** Returns the address that opens a data set and options elsewhere; own data stay here. */
export function shareLink(dataset: DemoDataset, choices: Choices): string {
  return new URL(fragmentOf("train", dataset, choices), location.href).href;
}

/** Returns the name that links have for a data set; null for own data. */
export function linkedDataOf({
  isBuiltIn = false,
  name,
}: Pick<DemoDataset, "isBuiltIn" | "name">): BuiltIn | null {
  const found = Object.entries(BUILT_IN_NAMES).find(([, own]) => own === name);
  return isBuiltIn && found ? (found[0] as BuiltIn) : null;
}

function isChoiceName(name: string): name is keyof Choices {
  return (CHOICE_NAMES as readonly string[]).includes(name);
}

/** Numbers as JavaScript writes them. */
const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/;

function typedValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return NUMBER.test(text) ? Number(text) : text;
}

/** Names that a sentence lists at most. */
const MAX_NAMED = 3;

function problemOf(ignored: readonly string[]): string {
  if (ignored.length === 0) return "";
  const names = ignored.slice(0, MAX_NAMED).map((name) => `“${name}”`);
  const rest = ignored.length - names.length;
  return `The link asks for ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}, which this page does not know or take; that is ignored.`;
}
