/** Stands in for the probabilities before there is a model, with the button that trains one. */
import { StartButton } from "../../components/run-buttons.tsx";
import type { Session } from "../../state/session.ts";

interface UntrainedNoticeProps {
  readonly session: Session;
  /** End of the sentence, about the work that stays, for example `"your drawing stays."` */
  readonly stays: string;
}

export function UntrainedNotice({ session, stays }: UntrainedNoticeProps) {
  return (
    <div class="notice untrained">
      <p>
        The model is not trained yet. It learns here, in this tab; {stays} The options are in the view{" "}
        <a class="link" href="#train">
          Train
        </a>
        .
      </p>
      <StartButton session={session} />
    </div>
  );
}
