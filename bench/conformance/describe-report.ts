/** A conformance report as text to paste into a bug report: Markdown. */
import { formatCounted } from "../../demo/ui/format.ts";
import type { AdapterRecord } from "../record.ts";
import type { Mismatch } from "./compare.ts";
import type { ConformanceReport, Counts, Difference, Ending } from "./report.ts";

/** Differences that are shown in full; the others are counted. */
const SHOWN = 20;

const ENDINGS: Readonly<Record<Ending, string>> = {
  done: "",
  "out of time": "The time was over before all cases had run.",
  stopped: "The check was stopped; these are the counts until then.",
  "device lost": "The GPU device was lost; these are the counts until then.",
};

/** Returns the verdict, for example `"412 cases on 318 shapes, 0 differences"` or `"3 of 412 cases differ"`. */
export function verdictOf({ cases, shapes, differing }: Counts): string {
  if (cases === 0) return "No case has run";
  const onShapes = formatCounted(shapes, "shape");
  if (differing > 0) return `${differing} of ${formatCounted(cases, "case")} differ (${onShapes})`;
  return `${formatCounted(cases, "case")} on ${onShapes}, 0 differences`;
}

/** Returns whether nothing differs in the cases that ran, which were all, or as many as the time allowed. */
export function isConformant({ differing, cases, ending }: ConformanceReport): boolean {
  return differing === 0 && cases > 0 && (ending === "done" || ending === "out of time");
}

/** Writes a report. Its first line is the verdict. */
export function describeConformance(report: ConformanceReport): string {
  const { ending, loss, differences, differing } = report;
  const shown = differences.slice(0, SHOWN);
  const end = [ENDINGS[ending], loss && `The browser says: ${oneLine(loss)}`].filter(Boolean).join(" ");
  const more = differences.length - shown.length;
  return [
    `**${verdictOf(report)}**`,
    ...(end ? ["", end] : []),
    "",
    ...machineLines(report),
    "",
    ...countLines(report),
    ...(differing > 0 ? ["", "### Differences", ""] : []),
    shown.map(describeDifference).join("\n\n"),
    ...(more > 0 ? ["", `${more} more operations differ.`] : []),
  ]
    .join("\n")
    .trimEnd();
}

function machineLines({ machine, used, library, date, seed, seconds }: ConformanceReport): string[] {
  const { adapter, agent, cpu, cores } = machine;
  return [
    `- adapter: ${adapter ? adapterText(adapter) : "none"}`,
    `- features used: ${used.join(", ") || "none"}`,
    ...(adapter ? [`- features of the adapter: ${adapter.features.join(", ") || "none"}`] : []),
    `- ${[agent, cpu, `${cores} cores`].filter(Boolean).join("; ")}`,
    `- ${library}, ${date}, seed ${seed}, ${seconds.toFixed(0)} s`,
  ];
}

/** Returns what WebGPU tells of an adapter, by the names of its fields. */
function adapterText({ vendor, architecture, device, description, software }: AdapterRecord): string {
  const fields = Object.entries({ vendor, architecture, device, description }).filter(([, value]) => value);
  const named = fields.map(([name, value]) => `${name} ${oneLine(value)}`).join(", ") || "of unknown make";
  return `${named}${software ? " (software)" : ""}`;
}

function countLines({ kinds, storages, plans, kernels, comparisons, used }: ConformanceReport): string[] {
  const never = Object.keys(kernels).filter((name) => kernels[name].dispatches === 0);
  const rows = Object.entries(kernels)
    .filter(([, { dispatches }]) => dispatches > 0)
    .map(([name, { dispatches, cases }]) => `| ${name} | ${cases} | ${dispatches} |`);
  return [
    `- cases: ${listed(kinds)}; rows as ${listed(storages)}; ${comparisons} arrays compared`,
    `- cases by plan (${Object.keys(plans).length}): ${listed(plans) || "none had a choice"}`,
    `- kernels that never ran: ${never.join(", ") || "none"}${reasonOf(never, used)}`,
    "",
    "| kernel | cases | dispatches |",
    "|---|---|---|",
    ...rows,
  ];
}

/** Says why kernels never ran, if the device is the reason. */
function reasonOf(never: readonly string[], used: readonly string[]): string {
  const lacksSubgroups = never.some((name) => name.endsWith("-quad")) && !used.includes("subgroups");
  return lacksSubgroups ? " (kernels named quad need subgroups, which this device does not offer)" : "";
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function describeDifference({ seed, index, what, plan, operation, kernels, ...found }: Difference): string {
  return [
    `\`npm run check -- --case ${seed}:${index}\`: **${operation}**`,
    `- ${what}`,
    ...(plan ? [`- plan ${plan.name}: ${plan.text}`] : []),
    `- kernels: ${kernels.join(", ") || "none"}`,
    ...found.mismatches.map(describeMismatch),
    ...(found.message === undefined ? [] : [`- failed: ${indented(found.message)}`]),
  ].join("\n");
}

function describeMismatch({
  part,
  count,
  length,
  at,
  actual,
  expected,
  difference,
  allowed,
}: Mismatch): string {
  const size = `differs by ${short(difference)}, allowed are ${short(allowed)}`;
  return `- ${part}: ${count} of ${length} differ; at [${at}] expected ${expected}, got ${actual}, which ${size}`;
}

function short(value: number): string {
  return Number.isFinite(value) ? value.toExponential(2) : String(value);
}

/** Keeps a text from a driver from breaking the list that it stands in. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function indented(message: string): string {
  return message.replace(/\r?\n/g, "\n  ");
}
