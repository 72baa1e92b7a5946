/** The weights of rows that are no pictures: the strongest features of each class as bars. */
import { useState } from "preact/hooks";
import { Choice } from "../../../ui/fields.tsx";
import { formatBrief, formatCount, formatSigned } from "../../../ui/format.ts";
import { useThrottled } from "../../../ui/signal-hooks.ts";
import { Bar } from "../../components/bar.tsx";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { brief } from "../../data/text.ts";
import type { Snapshot } from "../../state/run-records.ts";
import type { Session } from "../../state/session.ts";
import { strongestWeights, type WeightList } from "./strongest-weights.ts";
import "../../styles/tables.css";

/** Least time between two updates, ms. */
const INTERVAL = 250;
/** Largest weights below this need more than two digits after the point. */
const SMALL = 0.1;
/** Classes whose lists stand beside each other; of more classes, one is chosen. */
const MOST_LISTS = 6;
/** Classes that can be chosen. */
const MOST_CHOICES = 1000;
/** Bars of a list at first, and with what each press on "more" adds. */
const STEP = 15;
/** Bars of all lists together at first, and at most. */
const FEW_BARS = 60;
const MOST_BARS = 150;

export function TableWeights({ session }: { readonly session: Session }) {
  const snapshot = useThrottled(() => session.run.snapshot.value, INTERVAL);
  const { encoder } = session.dataset.value;
  if (!snapshot) return <p class="status">They appear after the first epoch.</p>;
  const hasTexts = encoder?.columns.some(({ kind }) => kind === "text") ?? false;
  return <WeightLists snapshot={snapshot} dataset={session.dataset.value} isOnlyFor={hasTexts} />;
}

interface WeightListsProps {
  readonly snapshot: Snapshot;
  readonly dataset: DemoDataset;
  readonly isOnlyFor: boolean;
}

function WeightLists({ snapshot, dataset, isOnlyFor }: WeightListsProps) {
  const { classes, weights } = snapshot;
  const D = weights.length / classes.length;
  const [chosen, setChosen] = useState(0);
  const [steps, setSteps] = useState(1);
  const isMany = classes.length > MOST_LISTS;
  const shown = isMany ? [Math.min(chosen, classes.length - 1)] : Array.from(classes.keys());
  const limit = (bars: number) => Math.floor(bars / shown.length);
  const most = Math.min(steps * Math.min(STEP, limit(FEW_BARS)), limit(MOST_BARS));
  const lists = strongestWeights(snapshot, { shown, most, isOnlyFor });
  const full = lists.reduce((size, { entries }) => Math.max(size, Math.abs(entries.at(0)?.weight ?? 0)), 0);
  const hasMore = most < limit(MOST_BARS) && lists.some(({ entries }) => entries.length === most && most < D);
  const nameOf = (feature: number) => dataset.features?.[feature] ?? `feature ${formatCount(feature + 1)}`;
  return (
    <div class="table-weights">
      {isMany && (
        <Choice
          label="Class"
          options={classes
            .slice(0, MOST_CHOICES)
            .map((label, k) => ({ id: `${k}`, label: `${label}`, hint: "" }))}
          value={`${shown[0]}`}
          onChoose={(id) => setChosen(Number(id))}
        />
      )}
      <div class="columns">
        {lists.map((list) => (
          <Strongest
            key={list.k}
            list={list}
            full={full}
            isOnlyFor={isOnlyFor}
            nameOf={nameOf}
            classes={classes}
          />
        ))}
      </div>
      {hasMore && (
        <button type="button" class="more" onClick={() => setSteps(steps + 1)}>
          More features
        </button>
      )}
    </div>
  );
}

interface StrongestProps extends Pick<WeightListsProps, "isOnlyFor"> {
  readonly list: WeightList;
  /** Size of the weight that has a full bar. */
  readonly full: number;
  readonly classes: Snapshot["classes"];
  readonly nameOf: (feature: number) => string;
}

function Strongest({ list: { k, entries }, full, isOnlyFor, classes, nameOf }: StrongestProps) {
  return (
    <table class="strongest">
      <caption>
        {k === null ? (
          <span class="sides">
            <span>← for {brief(`${classes[0]}`)}</span>
            <span>for {brief(`${classes[1]}`)} →</span>
          </span>
        ) : (
          `${isOnlyFor ? "for " : ""}${brief(`${classes[k]}`)}`
        )}
      </caption>
      <tbody>
        {entries.map(({ feature, weight }, place) => (
          <tr key={place}>
            <th scope="row">{brief(nameOf(feature))}</th>
            <td class="bar-cell">
              <Bar value={weight} full={full} signed={!isOnlyFor} />
            </td>
            <td>{full < SMALL ? formatBrief(weight) : formatSigned(weight, 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
