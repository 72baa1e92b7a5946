/** Says what this browser keeps of the session, above every view. */
import type { KeptState } from "../state/kept/kept-state.ts";

export function KeptNotice({ kept }: { readonly kept: KeptState }) {
  const notice = kept.notice.value;
  const problem = kept.problem.value;
  return (
    <>
      <div class={problem ? "message" : "message-place"} role="status">
        {problem}
      </div>
      <div class={notice ? "message kept-notice" : "message-place"}>
        <p role="status">{notice?.text}</p>
        {notice && (
          <div class="buttons">
            {notice.actions.map(({ label, act }) => (
              <button key={label} type="button" onClick={act}>
                {label}
              </button>
            ))}
          </div>
        )}
      </div>
    </>
  );
}
