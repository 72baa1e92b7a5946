/** @jsxImportSource preact */
/** A box that scrolls sideways by itself where its content is wider than the page. */
import type { ComponentChildren } from "preact";

/** Reachable by keyboard, so that arrow keys can scroll it. */
export function ScrollBox({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll-box" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
