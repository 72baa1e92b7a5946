/** The cells of a row of a table, as they are in the file: the first few, and the rest folded. */
import { cellText, type TableColumn } from "../../data/tables/columns.ts";
import { brief } from "../../data/text.ts";

/** Cells that are shown at first. */
const FEW = 8;
/** Cells that are shown at most. */
const MOST = 60;

interface RowCellsProps {
  readonly columns: readonly TableColumn[];
  readonly row: number;
}

export function RowCells({ columns, row }: RowCellsProps) {
  // A single cell too many is no reason to fold it.
  const few = columns.length === FEW + 1 ? FEW + 1 : FEW;
  const rest = columns.slice(few, MOST);
  return (
    <div class="row-cells">
      <Cells columns={columns.slice(0, few)} row={row} />
      {rest.length > 0 && (
        <details>
          <summary>{columns.length > MOST ? "more cells" : `${rest.length} more cells`}</summary>
          <Cells columns={rest} row={row} />
        </details>
      )}
    </div>
  );
}

function Cells({ columns, row }: RowCellsProps) {
  return (
    <table>
      <tbody>
        {columns.map((column) => {
          const text = cellText(column, row);
          return (
            <tr key={column.name}>
              <th scope="row">{brief(column.name)}</th>
              <td>{text === "" ? <span class="hint">missing</span> : brief(text)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
