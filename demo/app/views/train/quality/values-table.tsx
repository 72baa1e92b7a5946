/** The values of a chart as a table, which is closed at first. */

/** A row of the table: its first cell names it. */
export interface ValueRow {
  /** A number that no other row has. */
  readonly key: number;
  readonly cells: readonly string[];
}

interface ValuesTableProps {
  /** Heads of the columns; no two are equal. */
  readonly heads: readonly string[];
  readonly rows: readonly ValueRow[];
  /** Whether the table may be wider than a phone, and scrolls sideways then. Default false. */
  readonly isWide?: boolean;
}

/** Shows the values of a chart in a table that opens on demand. */
export function ValuesTable({ heads, rows, isWide = false }: ValuesTableProps) {
  return (
    <details>
      <summary>The values as a table</summary>
      <div class={isWide ? "sideways" : undefined}>
        <table class="metrics-table">
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells: [name, ...values] }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                {values.map((value, i) => (
                  <td key={heads[i + 1]}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
