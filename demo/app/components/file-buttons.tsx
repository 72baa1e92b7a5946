/** Buttons that open files or a folder of this computer. */
import { type NamedFile, named } from "../data/open-context.ts";

interface FileButtonsProps {
  readonly onFiles: (files: readonly NamedFile[]) => void;
}

export function FileButtons({ onFiles }: FileButtonsProps) {
  const choose = (input: HTMLInputElement) => {
    const files = Array.from(input.files ?? [], named);
    // Without this the same files could not be chosen again.
    input.value = "";
    if (files.length > 0) onFiles(files);
  };
  const chooser = (label: string, isForFolder: boolean) => (
    <label class="file-button">
      <input
        type="file"
        class="unseen"
        multiple
        ref={(input) => {
          if (input) input.webkitdirectory = isForFolder;
        }}
        onChange={({ currentTarget }) => choose(currentTarget)}
      />
      {label}
    </label>
  );
  return (
    <>
      {chooser("Open files", false)}
      {chooser("Open a folder", true)}
    </>
  );
}
