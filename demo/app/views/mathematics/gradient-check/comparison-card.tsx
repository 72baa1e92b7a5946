/** @jsxImportSource preact */
/** How far two gradients are apart, what may be, and the parameter where it is most. */
import { useId } from "preact/hooks";
import { count, format, scientific } from "../numbers/format.ts";
import type { Comparison } from "./compare.ts";

/** Digits after the point that tell float32 from float64. */
const DIGITS = 10;

interface ComparisonCardProps {
  readonly title: string;
  /** Of the gradient on trial, and of what it is compared with. */
  readonly names: readonly [actual: string, expected: string];
  readonly comparison: Comparison;
  /** A parameter's place in words. */
  readonly nameOf: (place: number) => string;
}

/** The card. */
export function ComparisonCard({ title, names, comparison, nameOf }: ComparisonCardProps) {
  const { count: parameters, largest, relative, tolerance, passed, place, actual, expected } = comparison;
  const id = useId();
  const facts: [string, string][] = [
    ["Parameters compared", count(parameters)],
    ["Largest difference", scientific(largest)],
    ["It lies at", nameOf(place)],
    [names[0], format(actual, DIGITS)],
    [names[1], format(expected, DIGITS)],
  ];
  return (
    <section class="comparison" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <p class={passed ? "relative good" : "relative bad"}>{scientific(relative)}</p>
      <p class="hint">
        largest relative difference; up to {scientific(tolerance)} {passed ? "passes" : "would pass"}
      </p>
      <dl class="limits">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
