/** The page from top to bottom: the button, the outcome, other computers, the check, and folded what else there is. */
import { SiteBar } from "../../demo/ui/site-bar.tsx";
import type { CheckState } from "./check-state.ts";
import { CheckPanel } from "./components/check-panel.tsx";
import { Details } from "./components/details.tsx";
import { OtherComputers } from "./components/other-computers.tsx";
import { Outcome } from "./components/outcome.tsx";
import { Problems } from "./components/problems.tsx";
import { StartPanel } from "./components/start-panel.tsx";
import type { BenchState } from "./state.ts";

interface AppProps {
  readonly state: BenchState;
  readonly check: CheckState;
}

export function App({ state, check }: AppProps) {
  return (
    <>
      <SiteBar page="benchmark" />
      <header>
        <h1>How fast is this computer?</h1>
        <p>
          It trains a softmax classifier in this tab, on the GPU and on the CPU, with softmax-webgpu, TF.js
          and jax-js, and every result is checked. Nothing is sent anywhere.
        </p>
      </header>
      <main>
        <Problems state={state} />
        <StartPanel state={state} />
        <Outcome state={state} />
        <OtherComputers state={state} />
        <CheckPanel state={state} check={check} />
        <Details state={state} />
      </main>
    </>
  );
}
