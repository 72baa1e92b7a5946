/** Whether the first row of a table holds the names of its columns: a checkbox, and a question if that is in doubt. */
import { useEffect, useId, useRef } from "preact/hooks";
import type { TableProfile } from "../../../data/tables/profile.ts";

interface HeaderQuestionProps {
  readonly profile: TableProfile;
  /** Whether the box takes the focus, because it was pressed before the form was shown again. */
  readonly takesFocus: boolean;
  readonly onChange: (hasHeader: boolean) => void;
}

export function HeaderQuestion({ profile, takesFocus, onChange }: HeaderQuestionProps) {
  const { hasHeader, isHeaderSure } = profile;
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) box.current?.focus();
  }, []);
  const hint = hasHeader
    ? "Untick it if that row is data as well; the columns then get numbers as names."
    : "Tick it if that row is no data but names the columns below it.";
  return (
    <div class={isHeaderSure ? "choice header-question" : "choice header-question message"}>
      {!isHeaderSure && (
        <p id={`${id}-doubt`}>
          <b>Is the first row a header?</b> The cells alone do not tell. It is taken as{" "}
          {hasHeader ? "names" : "data"} for now.
        </p>
      )}
      <input
        id={id}
        type="checkbox"
        ref={box}
        checked={hasHeader}
        aria-describedby={isHeaderSure ? `${id}-hint` : `${id}-doubt ${id}-hint`}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label for={id}>The first row holds the names of the columns</label>
      <span class="hint" id={`${id}-hint`}>
        {hint}
      </span>
    </div>
  );
}
