/** @jsxImportSource preact */
/** A part of a view under a heading that also names it. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** One panel. */
export function Section({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}
