/** Which view the address names, as it changes. */
import { useEffect, useState } from "preact/hooks";

/** The view in the fragment of the address; the first one where it names none. */
export function useView<Name extends string>(names: readonly Name[]): Name {
  const read = () => names.find((name) => location.hash === `#${name}`) ?? names[0];
  const [view, setView] = useState(read);
  useEffect(() => {
    const follow = () => setView(read);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return view;
}
