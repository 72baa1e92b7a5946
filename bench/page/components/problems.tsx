/** Lists errors in the address or with the files that were opened last. */
import type { BenchState } from "../state.ts";

export function Problems({ state }: { readonly state: BenchState }) {
  const problems = state.problems.value;
  return (
    <div role="alert">
      {problems.length > 0 && (
        <ul class="problems">
          {problems.map((problem, i) => (
            <li class="notice" key={i}>
              {problem}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
