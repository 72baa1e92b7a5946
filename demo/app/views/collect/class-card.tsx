/** The card of a class: its name, its number of pictures, and the ways to add and delete some. */
import type { RefObject } from "preact";
import { useId, useState } from "preact/hooks";
import { formatCount } from "../../../ui/format.ts";
import { areaOfDrops } from "../../../ui/use-drops.ts";
import { droppedFiles } from "../../data/dropped-files.ts";
import { type NamedFile, named } from "../../data/open-context.ts";
import type { PictureReader } from "../../data/pictures/picture-reader.ts";
import { reasonOf } from "../../data/text.ts";
import { frameOf } from "./camera-view.tsx";
import { type CollectedClass, type Collection, GOOD_START } from "./collection.ts";
import { RecordButton } from "./record-button.tsx";
import { Thumbnails } from "./thumbnails.tsx";

/** Characters of a name at most. */
const MAX_NAME = 100;

interface ClassCardProps {
  readonly collection: Collection;
  readonly own: CollectedClass;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly isCameraOn: boolean;
  readonly reader: PictureReader;
  /** Tells screen readers how many pictures there are now. */
  readonly speak: (text: string) => void;
}

export function ClassCard(props: ClassCardProps) {
  const { collection, own, reader, speak } = props;
  const [isOver, setOver] = useState(false);
  const pictures = own.pictures.value;
  const speakCount = () => speak(`${own.title}: ${countOf(own.pictures.value.length)}`);
  const add = (files: readonly NamedFile[]) => {
    collection.addFiles(own, files);
    speakCount();
  };
  const fail = (error: unknown) => {
    collection.problem.value = `The files cannot be read: ${reasonOf(error)}.`;
  };
  return (
    <li
      class={isOver ? "collect-class box over" : "collect-class box"}
      {...areaOfDrops(setOver, (dropped) => void droppedFiles(dropped).then(add, fail))}
    >
      <NameField own={own} />
      <CardButtons {...props} add={add} speakCount={speakCount} />
      {pictures.length > 0 && (
        <Thumbnails
          of={own.title}
          pictures={pictures}
          reader={reader}
          onDelete={(picture) => {
            collection.remove(own, picture);
            speakCount();
          }}
          onBroken={(picture, fault) => collection.leaveOut(own, picture, fault)}
          onFailure={(problem) => {
            collection.problem.value = problem;
          }}
        />
      )}
    </li>
  );
}

function NameField({ own }: Pick<ClassCardProps, "own">) {
  const id = useId();
  const { length } = own.pictures.value;
  return (
    <div class="field">
      <label for={id}>Name of the class</label>
      <output>{countOf(length)}</output>
      <input
        id={id}
        type="text"
        maxLength={MAX_NAME}
        value={own.name.value}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onInput={({ currentTarget }) => {
          own.name.value = currentTarget.value;
        }}
      />
      <p class="hint">{adviceFor(length)}</p>
    </div>
  );
}

interface CardButtonsProps extends ClassCardProps {
  readonly add: (files: readonly NamedFile[]) => void;
  readonly speakCount: () => void;
}

/** Buttons that add pictures, and those that delete what there is. */
function CardButtons({ collection, own, video, isCameraOn, add, speakCount }: CardButtonsProps) {
  const { title } = own;
  const take = async () => {
    const frame = video.current && (await frameOf(video.current, `camera-${own.nextFrame()}.jpg`));
    if (frame) collection.add(own, [frame]);
  };
  const deleteAll = () => {
    own.pictures.value = [];
    speakCount();
  };
  return (
    <div class="buttons">
      <RecordButton
        of={title}
        isDisabled={!isCameraOn}
        take={take}
        onEnd={speakCount}
        onFailure={(error) => {
          collection.problem.value = `No picture can be taken: ${reasonOf(error)}. Start the camera again.`;
        }}
      />
      <AddFiles of={title} onFiles={add} />
      {own.pictures.value.length > 0 && (
        <button type="button" onClick={deleteAll}>
          Delete all<span class="unseen"> pictures of {title}</span>
        </button>
      )}
      {collection.classes.value.length > 2 && (
        <button type="button" onClick={() => collection.removeClass(own)}>
          Remove class<span class="unseen"> {title}</span>
        </button>
      )}
    </div>
  );
}

interface AddFilesProps {
  /** Name of the class. */
  readonly of: string;
  readonly onFiles: (files: readonly NamedFile[]) => void;
}

function AddFiles({ of, onFiles }: AddFilesProps) {
  return (
    <label class="file-button">
      <input
        type="file"
        class="unseen"
        accept="image/*"
        multiple
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? [], named);
          // Without this the same files could not be chosen again.
          currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      Add files<span class="unseen"> to {of}</span>
    </label>
  );
}

function countOf(pictures: number): string {
  return pictures === 1 ? "1 picture" : `${formatCount(pictures)} pictures`;
}

function adviceFor(pictures: number): string {
  if (pictures < GOOD_START) return `${GOOD_START} of each class are a good start. Drop pictures here, too.`;
  return "A good start. Pictures from other sides and in other light make the classifier surer.";
}
