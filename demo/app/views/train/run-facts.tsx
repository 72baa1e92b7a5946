/** @jsxImportSource preact */
/** How fast a run goes, how good it is by now, and what it runs on and why. */

import { formatNumber } from "../../../../bench/page/format.ts";
import { percent } from "../../components/percent.ts";
import { useCalmly } from "../../components/use-calmly.ts";
import type { Session } from "../../state/session.ts";
import { lossText, reasonText, unitOf } from "./run-words.ts";

/** The figures. */
export function RunFacts({ session }: { readonly session: Session }) {
  const { speed, latest, opened } = useCalmly(
    () => ({ speed: session.speed.value, latest: session.rounds.value.at(-1), opened: session.opened.value }),
    200,
  );
  const steps = unitOf(session.choices.value.solver) === "epoch" ? "Steps" : "Passes";
  const facts = [
    ["Validation accuracy", percent(latest?.validationAccuracy ?? opened?.accuracy)],
    ["Validation loss", lossText(latest?.validationLoss ?? opened?.loss)],
    ["Rows a second", speed ? formatNumber(speed.rowsPerSecond) : "–"],
    [`${steps} a second`, speed ? formatNumber(speed.stepsPerSecond) : "–"],
  ];
  return (
    <>
      <dl class="run-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <DeviceInUse session={session} />
    </>
  );
}

function DeviceInUse({ session }: { readonly session: Session }) {
  const device = session.device.value;
  if (!device) return <p class="hint">The device in use is known once training has begun.</p>;
  return (
    <div class="device-in-use">
      <p>
        <span class="unseen">Device in use: </span>
        {device.name}
      </p>
      <p class="hint">
        {reasonText(device.reason)}.
        {device.software && device.kind === "webgpu" && " A CPU imitates a GPU here: right, but slow."}
      </p>
    </div>
  );
}
