/** @jsxImportSource preact */
/** Two ways to choose files: some of them, or a whole folder. */
import { type NamedFile, named } from "../../../data/open-context.ts";

interface FileButtonsProps {
  readonly onFiles: (files: Promise<readonly NamedFile[]>) => void;
}

/** The two buttons. */
export function FileButtons({ onFiles }: FileButtonsProps) {
  const choose = (input: HTMLInputElement) => {
    const files = Array.from(input.files ?? [], named);
    // So that the same files can be chosen again.
    input.value = "";
    if (files.length > 0) onFiles(Promise.resolve(files));
  };
  return (
    <div class="buttons">
      <label class="file-button">
        <input type="file" class="unseen" multiple onChange={({ currentTarget }) => choose(currentTarget)} />
        Open files
      </label>
      <label class="file-button">
        <input
          type="file"
          class="unseen"
          ref={(input) => {
            if (input) input.webkitdirectory = true;
          }}
          onChange={({ currentTarget }) => choose(currentTarget)}
        />
        Open a folder
      </label>
    </div>
  );
}
