/** Tables as they are answered: columns, rows, what stands above them, and why there may be none. */

export interface Column {
  name: string;
  /** iri, code, text, number, date, flag or list */
  type: string;
  help?: string;
}

export type Cell = null | string | number | boolean | Cell[] | { [name: string]: Cell };

export interface Table {
  columns: Column[];
  rows: Cell[][];
  head: Record<string, Cell>;
  /** Why there is no row. */
  empty: string;
}

/** Read an answer of a door under /api; `known` are the columns where they are told beforehand. */
export function readTable(body: string, known: readonly Column[] = [], fallback = ""): Table {
  const { rows, empty, ...head } = JSON.parse(body) as { rows: Record<string, Cell>[]; empty?: string };
  const names = rows[0] ? Object.keys(rows[0]) : known.map((column) => column.name);
  const cells = rows.map((row) => names.map((name) => row[name] ?? null));
  const columns = names.map((name, i) => known.find((column) => column.name === name) ?? { name, type: typeOf(cells.map((row) => row[i]!)) });
  return { columns, rows: cells, head: head as Record<string, Cell>, empty: empty ?? fallback };
}

interface Term {
  type: string;
  value: string;
  datatype?: string;
}
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"].map((name) => XSD + name);

/** Read the rows of a SPARQL answer in JSON. */
export function readBindings(body: string, empty = ""): Table {
  const answer = JSON.parse(body) as { head: { vars: string[] }; results: { bindings: Record<string, Term>[] } };
  const names = answer.head.vars;
  const rows = answer.results.bindings.map((row) => names.map((name) => cellOf(row[name])));
  const iris = names.map((name) => answer.results.bindings.some((row) => row[name]) && answer.results.bindings.every((row) => !row[name] || row[name].type === "uri"));
  return {
    columns: names.map((name, i) => ({ name, type: iris[i] ? "iri" : typeOf(rows.map((row) => row[i]!)) })),
    rows, head: {}, empty,
  };
}

function cellOf(term: Term | undefined): Cell {
  if (!term) return null;
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.datatype === `${XSD}boolean`) return term.value === "true" || term.value === "1";
  if (term.datatype && NUMBERS.includes(term.datatype)) {
    const number = Number(term.value);
    // What a number of the browser cannot hold stays as it is written.
    return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : term.value;
  }
  return term.value;
}

const DAY = /^-?\d{4,}(-\d\d(-\d\d)?)?$/;

/** Give the type of a column by what stands in it. */
export function typeOf(cells: readonly Cell[]): string {
  const found = cells.filter((cell) => cell !== null && cell !== "");
  const all = (test: (cell: Cell) => boolean) => found.length > 0 && found.every(test);
  if (all((cell) => typeof cell === "number")) return "number";
  if (all((cell) => typeof cell === "boolean")) return "flag";
  if (all((cell) => typeof cell === "object")) return "list";
  if (all((cell) => typeof cell === "string" && /^-?\d{4,}-\d\d-\d\d$/.test(cell))) return "date";
  if (all((cell) => typeof cell === "string" && isIri(cell))) return "iri";
  return "text";
}

/** Tell whether a text is an address that can be followed. */
export const isIri = (text: string): boolean => /^https?:\/\/[^\s<>"]+$/.test(text);

/** Give the first and the last day that a date as it is written can mean, in days since 1970. */
export function daysOf(cell: Cell): [number, number] | null {
  if (typeof cell === "number" && Number.isInteger(cell) && cell > 0 && cell < 9999) return daysOf(String(cell).padStart(4, "0"));
  if (typeof cell !== "string" || !DAY.test(cell)) return null;
  const [, sign, year, month, day] = /^(-?)(\d+)(?:-(\d\d))?(?:-(\d\d))?$/.exec(cell)!;
  const y = Number(year) * (sign ? -1 : 1);
  const at = (m: number, d: number) => {
    const date = new Date(Date.UTC(2000, 0, 1));
    date.setUTCFullYear(y, m, d);
    return date.getTime() / 86_400_000;
  };
  if (day) return [at(Number(month) - 1, Number(day)), at(Number(month) - 1, Number(day))];
  if (month) return [at(Number(month) - 1, 1), at(Number(month), 0)];
  return [at(0, 1), at(11, 31)];
}

/** Give the places of the rows in an order: `column` upwards, `-column` downwards. What is not
 * there stands last both ways; what is equal stays in the order of the answer. */
export function sorted(table: Table, by: string, compare: (a: string, b: string) => number): number[] {
  const places = table.rows.map((_, i) => i);
  const down = by.startsWith("-");
  const at = table.columns.findIndex((column) => column.name === (down ? by.slice(1) : by));
  if (at < 0) return places;
  const cells = table.rows.map((row) => row[at]!);
  const none = (cell: Cell) => cell === null || cell === "";
  return places.sort((a, b) => {
    const [x, y] = [cells[a]!, cells[b]!];
    if (none(x) || none(y)) return Number(none(x)) - Number(none(y)) || a - b;
    const found =
      typeof x === "number" && typeof y === "number" ? x - y
      : Array.isArray(x) && Array.isArray(y) ? x.length - y.length
      : compare(written(x), written(y));
    return (down ? -found : found) || a - b;
  });
}

/** Give a cell as plain text. */
export function written(cell: Cell): string {
  if (cell === null) return "";
  if (Array.isArray(cell)) return cell.map(written).join(", ");
  if (typeof cell === "object") return Object.entries(cell).map(([name, value]) => `${name}: ${written(value)}`).join("; ");
  return String(cell);
}
