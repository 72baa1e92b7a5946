/** The pad of the first screen, whose code is loaded after the first picture of the page. */
import { useEffect, useState } from "preact/hooks";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";

type HeroPad = typeof import("./hero-pad.tsx").HeroPad;

interface LazyPadProps {
  readonly session: Session;
  readonly image: ImageShape;
}

export function LazyPad({ session, image }: LazyPadProps) {
  const [Pad, setPad] = useState<{ readonly Pad: HeroPad } | "failed" | null>(null);
  useEffect(() => {
    let isCurrent = true;
    import("./hero-pad.tsx").then(
      (code) => isCurrent && setPad({ Pad: code.HeroPad }),
      () => isCurrent && setPad("failed"),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  return (
    <div class="hero-pad" id="draw-here" tabIndex={-1}>
      <h3>Draw one yourself</h3>
      {Pad === "failed" && <p>The pad did not load. Reload the page once the connection is back.</p>}
      {Pad === null && <div class="pad-and-bars" />}
      {Pad !== null && Pad !== "failed" && <Pad.Pad session={session} image={image} />}
    </div>
  );
}
