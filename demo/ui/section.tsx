/** Parts of a page: a section under a heading, a box that scrolls sideways by itself, and a list of facts. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface SectionProps {
  readonly title: string;
  readonly lead?: string;
  /** Makes the section a target of the focus. */
  readonly id?: string;
  readonly children: ComponentChildren;
}

/** A panel that its heading names. */
export function Section({ title, lead, id, children }: SectionProps) {
  const heading = useId();
  return (
    <section class="panel" aria-labelledby={heading} id={id} tabIndex={id ? -1 : undefined}>
      <h2 id={heading}>{title}</h2>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}

interface ScrollBoxProps {
  readonly label: string;
  readonly children: ComponentChildren;
  /** Default `"scroll-box"`. */
  readonly class?: string;
}

/** A box with the keyboard's focus, so that arrow keys can scroll it. */
export function ScrollBox({ label, children, class: name = "scroll-box" }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class={name} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** A name and its value, and what else stands with them. */
export type Fact = readonly [
  name: string,
  value: ComponentChildren,
  more?: { readonly hint?: string; readonly class?: string },
];

interface FactsProps {
  readonly facts: readonly Fact[];
  /** Default `"facts"`. */
  readonly class?: string;
}

/** Names with their values below or beside them. */
export function Facts({ facts, class: name = "facts" }: FactsProps) {
  return (
    <dl class={name}>
      {facts.map(([term, value, more]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class={more?.class}>{value}</dd>
          {more?.hint && <dd class="hint">{more.hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
