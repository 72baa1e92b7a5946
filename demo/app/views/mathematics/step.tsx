/** One step of the calculation: formulas beside numbers. Formulas are TeX, shown as MathML. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Section } from "../../../ui/section.tsx";

interface StepProps {
  readonly title: string;
  readonly theory: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Step({ title, theory, children }: StepProps) {
  return (
    <Section title={title}>
      <div class="step">
        <div class="theory">{theory}</div>
        <div class="practice">{children}</div>
      </div>
    </Section>
  );
}

type Temml = typeof import("temml").default;

let loaded: Temml | null = null;

/** A formula within text; `display` sets it larger, on its own line. */
export function Formula({ tex, display = false }: { readonly tex: string; readonly display?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    let isCurrent = true;
    const set = (temml: Temml) => {
      if (!isCurrent || !place.current) return;
      temml.render(display ? `\\displaystyle ${tex}` : tex, place.current);
      if (display) makeReachable(place.current);
    };
    if (loaded) set(loaded);
    else void loadTemml().then(set, () => place.current?.replaceChildren(tex));
    return () => {
      isCurrent = false;
    };
  }, [tex, display]);
  useLayoutEffect(() => {
    const span = place.current;
    if (!span || !display) return;
    const observer = new ResizeObserver(() => makeReachable(span));
    observer.observe(span);
    return () => observer.disconnect();
  }, [display]);
  return <span ref={place} class={display ? "formula display" : "formula"} />;
}

/** Makes an element focusable only if it scrolls. */
function makeReachable(span: HTMLElement): void {
  if (span.scrollWidth > span.clientWidth) span.tabIndex = 0;
  else span.removeAttribute("tabindex");
}

async function loadTemml(): Promise<Temml> {
  loaded ??= (await import("temml")).default;
  return loaded;
}
