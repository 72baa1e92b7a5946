/** The pace of a training: slow motion, a pause, one epoch, or to the end. */
import { FocusableButton } from "../../../ui/buttons.tsx";
import type { Playground } from "./playground.ts";

/** Labels of the first button, by the pace. */
const PLAY = { full: "Watch it learn", slow: "Pause", paused: "Go on" } as const;

export function PaceButtons({ playground }: { readonly playground: Playground }) {
  const { training } = playground;
  const pace = training.pace.value;
  const cannotLearn = training.trained.value === null && pace === "full";
  return (
    <div class="buttons pace">
      <FocusableButton label={PLAY[pace]} isDisabled={cannotLearn} onPress={() => playground.togglePlay()} />
      <FocusableButton label="Step" isDisabled={cannotLearn} onPress={() => playground.step()} />
      <FocusableButton
        label="To the end"
        isDisabled={pace === "full"}
        onPress={() => training.setPace("full")}
      />
      <FocusableButton label="Start over" isDisabled={pace === "full"} onPress={() => playground.watch()} />
    </div>
  );
}
