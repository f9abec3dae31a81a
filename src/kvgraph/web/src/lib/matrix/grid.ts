/** A grid of rows and columns with a head and a sum on each side, as the keyboard goes through it. */

/** What stands at the head of a row or column. */
export interface Head {
  key: string;
  text: string;
  sentence: string;
  /** What it chooses; empty if nothing. */
  at: string;
  /** The sum at its end; nothing where nothing is known. */
  sum: number | null;
  sumSentence: string;
}

/** A place in the grid: 0 is the head, the last the sum. */
export interface Spot {
  row: number;
  column: number;
}

/** Give where a key leads in a grid of so many rows and columns, heads and sums among them. */
export function moved({ row, column }: Spot, key: string, whole: boolean, rows: number, columns: number): Spot | null {
  switch (key) {
    case "ArrowRight": return { row, column: Math.min(column + 1, columns - 1) };
    case "ArrowLeft": return { row, column: Math.max(column - 1, 0) };
    case "ArrowDown": return { row: Math.min(row + 1, rows - 1), column };
    case "ArrowUp": return { row: Math.max(row - 1, 0), column };
    case "PageDown": return { row: Math.min(row + 10, rows - 1), column };
    case "PageUp": return { row: Math.max(row - 10, 0), column };
    case "Home": return { row: whole ? 0 : row, column: 0 };
    case "End": return { row: whole ? rows - 1 : row, column: columns - 1 };
    default: return null;
  }
}
