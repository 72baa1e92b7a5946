/** @jsxImportSource preact */
/** A number in a table, on a ground that tells its sign and size. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { fixed, format, isTiny } from "../numbers/format.ts";

interface HeatCellProps {
  readonly value: number;
  /** |value| of the fullest ground. */
  readonly full: number;
  /** Three digits after the point and no more, though that makes 0 of the very small. */
  readonly rounded?: boolean;
  /** Emphasised, such as the diagonal. */
  readonly strong?: boolean;
}

/** The cell. */
export function HeatCell({ value, full, rounded = false, strong = false }: HeatCellProps) {
  const cell = useRef<HTMLTableCellElement>(null);
  const share = full > 0 ? Math.min(1, Math.abs(value) / full) : 0;
  useLayoutEffect(() => {
    cell.current?.style.setProperty("--share", share.toFixed(3));
  }, [share]);
  const classes = [
    "heat",
    value < 0 ? "below" : "above",
    rounded && isTiny(value) && "tiny",
    strong && "strong",
  ];
  return (
    <td ref={cell} class={classes.filter(Boolean).join(" ")}>
      {rounded ? fixed(value) : format(value)}
    </td>
  );
}
