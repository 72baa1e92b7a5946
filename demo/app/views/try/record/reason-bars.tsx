/** Bars of what columns and words add to the score of a class: to the right for it, to the left against it. */
import type { Label } from "../../../../../src/index.ts";
import { formatCount, formatSigned } from "../../../../ui/format.ts";
import { termOf } from "../../../data/known-words.ts";
import { brief } from "../../../data/text.ts";
import type { RecordTrial } from "./record-trial.ts";

/** Bars at most. */
const MOST_BARS = 12;

/** Amount of a whole bar at least: what hardly counts has a short one. */
export const LEAST_SCALE = 0.5;

export function ReasonBars({ trial }: { readonly trial: RecordTrial }) {
  const evidence = trial.evidence.value;
  const classes = trial.prediction.value?.classes;
  if (!evidence || !classes) return null;
  const { k, reasons, start, total } = evidence;
  const label = String(classes[k]);
  const counted = reasons.filter(({ amount }) => amount !== 0);
  const shown = counted.slice(0, MOST_BARS);
  const rest = counted.slice(MOST_BARS);
  const largest = Math.max(LEAST_SCALE, Math.abs(start), ...shown.map(({ amount }) => Math.abs(amount)));
  return (
    <>
      <p>{comparison(classes, k)}</p>
      <table class="reasons">
        <thead>
          <tr>
            <th scope="col">from</th>
            <td class="sides" aria-hidden="true">
              <span>against</span>
              <span>for</span>
            </td>
            <th scope="col">adds</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ at, amount }) => (
            <Bar key={at} {...nameOfReason(trial, at)} amount={amount} largest={largest} />
          ))}
          {rest.length > 0 && (
            <Bar
              name={`${formatCount(rest.length)} more`}
              cell=""
              amount={rest.reduce((sum, { amount }) => sum + amount, 0)}
              largest={largest}
            />
          )}
          <Bar name="any row" cell="" amount={start} largest={largest} />
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {total < 0 ? `${brief(label)} is behind by` : `${brief(label)} is ahead by`}
            </th>
            <td>{formatSigned(Math.abs(total), 2).replace("+", "")}</td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}

/** Returns the sentence that says what is compared. */
function comparison(classes: readonly Label[], k: number): string {
  const label = brief(String(classes[k]));
  if (classes.length === 2) {
    return `What speaks for ${label}, and what against it and for ${brief(String(classes[1 - k]))}.`;
  }
  return `What each adds to the score of ${label} beyond the mean of all classes.`;
}

/** Returns the name of a column or a word, and the cell of a column. */
function nameOfReason({ form, cells }: RecordTrial, at: number) {
  const { columns, encoder } = form;
  if (at >= columns.length) {
    const name = encoder?.features[at - columns.length].name ?? "";
    return { name: columns.length === 1 ? `“${termOf(name, columns[0].name)}”` : name, cell: "" };
  }
  const { name } = columns[at];
  return { name, cell: cells.value.get(name) || "missing" };
}

interface BarProps {
  readonly name: string;
  readonly cell: string;
  readonly amount: number;
  /** |amount| of a bar that fills its side. */
  readonly largest: number;
}

function Bar({ name, cell, amount, largest }: BarProps) {
  const share = largest > 0 ? Math.min(1, Math.abs(amount) / largest) : 0;
  return (
    <tr>
      <th scope="row">
        {brief(name)}
        {cell && <span class="cell-value"> {brief(cell)}</span>}
      </th>
      <td>
        <svg viewBox="-100 0 200 1" preserveAspectRatio="none" aria-hidden="true">
          <rect
            class={amount < 0 ? "minus" : "plus"}
            x={amount < 0 ? -100 * share : 0}
            width={100 * share}
            height={1}
          />
        </svg>
      </td>
      <td>{formatSigned(amount, 2)}</td>
    </tr>
  );
}
