/** A picture of any table: bars, dots, or marks along time, chosen by what its columns hold. */
import { scaleLinear } from "d3-scale";
import { firstOf, yearOf } from "../days.ts";
import { daysOf, written, type Cell, type Table } from "../asked/table.ts";

export type Kind = "bars" | "dots" | "time";

/** What is drawn: the columns by name; `y` is empty where rows are counted or one day is all. */
export interface Choice {
  kind: Kind;
  x: string;
  y: string;
  /** The column that names what is drawn; of bars it is `x`. */
  named: string;
}

export const MOST_BARS = 30;
export const MOST_SPANS = 40;
export const MOST_DOTS = 2000;

/** Columns whose numbers are years: they are no amounts. */
export const YEARS = /^(year|period)$/;
/** Columns that hold records: what they are called says little. */
const RECORDS = /^(transfer|record|source|membership|claim|graph|id$)/;

export interface Offered {
  kinds: Kind[];
  /** Columns that name what a bar or a line is of. */
  names: string[];
  numbers: string[];
  dates: string[];
}

/** Give what can be drawn of a table. */
export function offered(table: Table): Offered {
  const cells = (i: number) => table.rows.map((row) => row[i]!).filter((cell) => cell !== null && cell !== "");
  const names: string[] = [];
  const numbers: string[] = [];
  const dates: string[] = [];
  table.columns.forEach((column, i) => {
    const found = cells(i);
    if (!found.length) return;
    if (found.every((cell) => typeof cell === "number")) {
      // Years are a way along time too, where a column says that it holds them.
      numbers.push(column.name);
      if (YEARS.test(column.name)) dates.push(column.name);
    } else if (found.every((cell) => daysOf(cell) !== null)) dates.push(column.name);
    else if (found.some((cell) => typeof cell !== "object")) names.push(column.name);
  });
  const kinds: Kind[] = [];
  if (table.rows.length) {
    if (names.length) kinds.push("bars");
    if (numbers.length > 1) kinds.push("dots");
    if (dates.length) kinds.push("time");
  }
  return { kinds, names, numbers, dates };
}

/** Give what is drawn: as it was asked for where the table has it, else what suits it. One row
 * needs no picture. */
export function choose(table: Table, asked: Partial<Choice>): Choice | null {
  const { kinds, names, numbers, dates } = offered(table);
  if (!kinds.length || table.rows.length < 2) return null;
  const years = dates.filter((name) => !numbers.includes(name));
  const suits: Kind = years.length > 1 ? "time" : names.length && numbers.length ? "bars" : years.length ? "time" : kinds[0]!;
  const kind = asked.kind && kinds.includes(asked.kind) ? asked.kind : suits;
  const among = (list: readonly string[], name: string | undefined, otherwise: string) => (name !== undefined && list.includes(name) ? name : otherwise);
  const named = among(names, asked.named, naming(table));
  if (kind === "bars") {
    const y = asked.y === "" ? "" : among(numbers, asked.y, numbers.find((name) => !YEARS.test(name)) ?? "");
    // Counting is of use where a name comes more than once.
    const often = names.find((name) => distinct(table, name) < table.rows.length) ?? names[0]!;
    return { kind, named, x: among(names, asked.x, y ? naming(table) : often), y };
  }
  if (kind === "dots") {
    const x = among(numbers, asked.x, numbers[0]!);
    return { kind, named, x, y: among(numbers, asked.y, numbers.find((name) => name !== x)!) };
  }
  const x = among(dates, asked.x, dates[0]!);
  return { kind, named, x, y: asked.y === "" ? "" : among(dates, asked.y, partner(x, dates)) };
}

/** Give the column with the other end of what begins in a column. */
function partner(first: string, dates: readonly string[]): string {
  for (const [begin, end] of [["earliest", "latest"], ["start", "end"], ["first", "last"], ["begin", "end"], ["best", "worst"], ["low", "high"], ["from", "until"]] as const) {
    const other = first.replace(begin, end);
    if (other !== first && dates.includes(other)) return other;
  }
  return "";
}

export interface Mark {
  /** Places of the rows that it stands for. */
  rows: number[];
  label: string;
  /** The numbers, or days, that it is drawn at; the second is where an interval ends. */
  at: number;
  to: number;
  /** Which of its two ends is not known. */
  open: "" | "before" | "after";
}

export interface Drawn {
  marks: Mark[];
  /** How many more there would be. */
  rest: number;
  /** Rows without the values that it takes. */
  without: number;
}

/** Give the bars of a table: for each name its number, or how many rows it has. Rows of the same
 * name each have their bar where a number is drawn: adding up is for who knows what it counts. */
export function bars(table: Table, choice: Choice, nameOf: (column: string, cell: Cell) => string): Drawn {
  const x = place(table, choice.x);
  const y = place(table, choice.y);
  let without = 0;
  const marks: Mark[] = [];
  if (y < 0) {
    const found = new Map<string, number[]>();
    table.rows.forEach((row, i) => {
      const key = written(row[x]!);
      if (!key) without += 1;
      else found.set(key, [...(found.get(key) ?? []), i]);
    });
    for (const rows of found.values()) marks.push({ rows, label: nameOf(choice.x, table.rows[rows[0]!]![x]!), at: rows.length, to: rows.length, open: "" });
  } else {
    table.rows.forEach((row, i) => {
      const value = row[y];
      if (typeof value !== "number" || !Number.isFinite(value)) without += 1;
      else marks.push({ rows: [i], label: nameOf(choice.x, row[x]!), at: value, to: value, open: "" });
    });
  }
  marks.sort((a, b) => Math.abs(b.at) - Math.abs(a.at) || a.rows[0]! - b.rows[0]!);
  return { marks: marks.slice(0, MOST_BARS), rest: Math.max(0, marks.length - MOST_BARS), without };
}

/** Give the dots of a table: one number against another. */
export function dots(table: Table, choice: Choice, nameOf: (row: number) => string): Drawn {
  const [x, y] = [place(table, choice.x), place(table, choice.y)];
  const marks = table.rows.flatMap((row, i): Mark[] => {
    const [a, b] = [row[x], row[y]];
    return typeof a === "number" && typeof b === "number" && Number.isFinite(a) && Number.isFinite(b) ? [{ rows: [i], label: nameOf(i), at: a, to: b, open: "" }] : [];
  });
  return { marks: marks.slice(0, MOST_DOTS), rest: Math.max(0, marks.length - MOST_DOTS), without: table.rows.length - marks.length };
}

/** Give what lies along time, the earliest first. A date that is worded as a year lasts a year. */
export function spans(table: Table, choice: Choice, nameOf: (row: number) => string): Drawn {
  const [x, y] = [place(table, choice.x), place(table, choice.y)];
  const marks = table.rows.flatMap((row, i): Mark[] => {
    const first = daysOf(row[x]!);
    const last = y < 0 ? first : daysOf(row[y]!);
    if (!first && !last) return [];
    const at = first?.[0] ?? last![0];
    return [{ rows: [i], label: nameOf(i), at, to: Math.max(at, last?.[1] ?? first![1]), open: first ? (last ? "" : "after") : "before" }];
  });
  marks.sort((a, b) => a.at - b.at || a.to - b.to || a.rows[0]! - b.rows[0]!);
  return { marks: marks.slice(0, MOST_SPANS), rest: Math.max(0, marks.length - MOST_SPANS), without: table.rows.length - marks.length };
}

const place = (table: Table, name: string): number => (name ? table.columns.findIndex((column) => column.name === name) : -1);

/** Give a scale over numbers that takes in nought where bars need it. */
export function span(values: readonly number[], from: number, to: number, nought: boolean) {
  const all = nought ? [0, ...values] : [...values];
  let [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) [low, high] = [low - (nought ? 0 : 1), high + 1];
  return scaleLinear().domain([low, high]).range([from, to]).nice(6);
}

/** Give the years that are marked on an axis between two days, at most about `most`. */
export function years(first: number, last: number, most: number): number[] {
  const [from, to] = [yearOf(first), yearOf(last)];
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((size) => (to - from) / size <= most) ?? 2000;
  const found: number[] = [];
  for (let year = Math.ceil(from / step) * step; year <= to + 1; year += step) if (firstOf(year) >= first - 1) found.push(year);
  return found;
}

/** Give the rows that a picture shows, in the order of the picture. */
export const rowsOf = (drawn: Drawn): number[] => drawn.marks.flatMap((mark) => mark.rows);

/** Give the column by which rows are named best: a thing or a text, with the most values. */
export function naming(table: Table): string {
  const { names } = offered(table);
  const told = names.filter((name) => !RECORDS.test(name));
  return (told.length ? told : names).reduce((best, name) => (best === "" || distinct(table, name) > distinct(table, best) ? name : best), "");
}

const distinct = (table: Table, name: string): number => new Set(table.rows.map((row) => written(row[place(table, name)]!))).size;

