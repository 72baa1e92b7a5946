/** @jsxImportSource preact */
/** The way back in for a model that was saved. */
import { Section } from "../../../../bench/page/components/section.tsx";
import type { Session } from "../../state/session.ts";
import { useReopen } from "./use-reopen.ts";

/** The panel. */
export function ReopenSection({ session }: { readonly session: Session }) {
  const { problem, notice, open } = useReopen(session);
  return (
    <Section title="Open it again">
      <label class="drop">
        <input
          type="file"
          class="unseen"
          accept=".safetensors,.json,application/json"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void open(file);
            currentTarget.value = "";
          }}
        />
        <span>
          <span class="link">Open a model</span> or drop its file anywhere on this view
        </span>
      </label>
      <p class="hint reopen-hint">
        safetensors or JSON, for the data set that is open: {session.dataset.value.name}. It takes the place
        of the model above.
      </p>
      <div role="alert">{problem && <p class="notice">{problem}</p>}</div>
      <div role="status">{notice && <p class="opened">{notice}</p>}</div>
    </Section>
  );
}
