/** Says what a project without its rows can do, in views that need rows. */
import { Section } from "../../ui/section.tsx";
import type { Session } from "../state/session.ts";

export function NoRows({ session }: { readonly session: Session }) {
  return (
    <Section title="A model without its rows">
      <p>
        The project “{session.dataset.value.name}” was saved without its rows. Its model predicts in the view{" "}
        <a class="link" href="#try">
          Try
        </a>{" "}
        and can be downloaded in the view{" "}
        <a class="link" href="#model">
          Model
        </a>
        . To train, open data in the view{" "}
        <a class="link" href="#train">
          Train
        </a>
        : that begins a new model.
      </p>
    </Section>
  );
}
