/** The line at the top of every view: the data in use, and the ways to open one's own. */
import type { ComponentChildren } from "preact";
import { type NamedFile, named } from "../data/open-context.ts";
import { FileButtons } from "./file-buttons.tsx";

interface OwnDataProps {
  /** Name of the data set in use; empty if there is none yet. */
  readonly name: string;
  readonly onFiles: (files: Promise<readonly NamedFile[]>) => void;
  /** More buttons. Default: none. */
  readonly children?: ComponentChildren;
}

export function OwnData({ name, onFiles, children }: OwnDataProps) {
  return (
    <section class="own-data flow" aria-label="Your own data">
      <p class="in-use">
        <span class="hint">Data</span> <b>{name || "…"}</b>
      </p>
      <p>Your own data:</p>
      <div class="flow">
        <FileButtons onFiles={(files) => onFiles(Promise.resolve(files))} />
        {children}
        <span class="or-drop">or drop anything here: it stays on this computer.</span>
      </div>
    </section>
  );
}

/** Returns the files of a paste, or its text as a file if it is a table; none if there is nothing to open. */
export function pastedFiles({ clipboardData }: ClipboardEvent): readonly NamedFile[] {
  if (!clipboardData) return [];
  if (clipboardData.files.length > 0) return Array.from(clipboardData.files, named);
  const text = clipboardData.getData("text/plain");
  const [first = "", second = ""] = text.split(/\r\n|\r|\n/);
  const hasCells = /[\t,;]/.test(first) && /[\t,;]/.test(second);
  return hasCells ? [named(new File([text], "pasted.csv", { type: "text/csv" }))] : [];
}
