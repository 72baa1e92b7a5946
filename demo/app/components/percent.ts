/** Shares as percent. */

const PERCENT = new Intl.NumberFormat("en", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** `0.934` as `93.4%`; a dash for what is not known. */
export function percent(share: number | undefined): string {
  return share === undefined || !Number.isFinite(share) ? "–" : PERCENT.format(share);
}
