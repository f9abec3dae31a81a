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

/** Give what is drawn, as far as it is known: as it was asked for where the table has it, else what
 * surely belongs together. What is missing a person has to choose. `null` where nothing can be
 * drawn; one row needs no picture. `each` tells that the rows of an analysis are about actors. */
export function choose(table: Table, asked: Partial<Choice>, each = false): Partial<Choice> | null {
  const { kinds, names, numbers, dates } = offered(table);
  if (!kinds.length || table.rows.length < 2) return null;
  const itself = sure(table, each);
  if (!asked.kind || !kinds.includes(asked.kind)) return itself ?? {};
  const kind = asked.kind;
  const same = itself?.kind === kind ? itself : undefined;
  const among = (list: readonly string[], name: string | undefined, otherwise?: string) => (name !== undefined && list.includes(name) ? name : otherwise);
  const only = (list: readonly string[]) => (list.length === 1 ? list[0] : undefined);
  const subject = subjectOf(table, each);
  if (kind === "bars") {
    const x = among(names, asked.x, subject);
    return held({ kind, x, named: x, y: asked.y === "" ? "" : among(numbers, asked.y, same?.y ?? (numbers.length ? undefined : "")) });
  }
  const named = among(names, asked.named, names.length ? (same?.named ?? subject ?? only(names)) : "");
  if (kind === "dots") return held({ kind, named, x: among(numbers, asked.x), y: among(numbers, asked.y) });
  const x = among(dates, asked.x, same?.x ?? only(dates));
  return held({ kind, named, x, y: asked.y === "" ? "" : among(dates, asked.y, x === undefined ? undefined : partner(x, dates)) });
}

/** Tell whether all is chosen that a picture takes. */
export const whole = (choice: Partial<Choice>): choice is Choice =>
  choice.kind !== undefined && choice.x !== undefined && choice.y !== undefined && choice.named !== undefined;

/** Leave out what is not known. */
const held = (choice: { [name in keyof Choice]: Choice[name] | undefined }): Partial<Choice> =>
  Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));

/** Give what is drawn without being asked for: only where names and figures surely belong together. */
function sure(table: Table, each: boolean): Choice | null {
  const { names, numbers, dates } = offered(table);
  const subject = subjectOf(table, each);
  const pairs = dates.filter((name) => !numbers.includes(name)).flatMap((x) => {
    const y = partner(x, dates);
    return y ? [{ x, y, stem: stemOf(x) }] : [];
  });
  if (subject === undefined) {
    // `visited_earliest` and `visited_latest` are the days of what stands in `visited`.
    const told = pairs.filter((pair) => pair.stem && names.includes(pair.stem));
    return told.length === 1 && pairs.length === 1 ? { kind: "time", x: told[0]!.x, y: told[0]!.y, named: told[0]!.stem } : null;
  }
  const own = pairs.length === 1 ? pairs[0] : (pairs.find((pair) => pair.stem === subject) ?? pairs.find((pair) => !pair.stem));
  if (own) return { kind: "time", x: own.x, y: own.y, named: subject };
  if (pairs.length) return null;
  const amount = numbers.find((name) => !YEARS.test(name));
  if (amount) return { kind: "bars", x: subject, y: amount, named: subject };
  const days = dates.filter((name) => !numbers.includes(name));
  if (days.length) return days.length === 1 ? { kind: "time", x: days[0]!, y: "", named: subject } : null;
  // Counting is of use where a name comes more than once.
  return distinct(table, subject) < table.rows.length ? { kind: "bars", x: subject, y: "", named: subject } : null;
}

/** Give the column that tells what each row is about: the only one that names anything, or, in an
 * analysis, that of the actors. */
function subjectOf(table: Table, each: boolean): string | undefined {
  const names = offered(table).names.filter((name) => !LOOKED.test(name) && !table.rows.every((row) => typeof (row[place(table, name)] ?? false) === "boolean"));
  if (names.length === 1) return names[0];
  // An arrival is at the actor of its row, be it of more than one practice.
  const arrives = ["best_arrival", "worst_arrival"].every((name) => table.columns.some((column) => column.name === name));
  return each && names.includes("actor") && (arrives || distinct(table, "actor") === table.rows.length) ? "actor" : undefined;
}

const ENDS = [["earliest", "latest"], ["start", "end"], ["first", "last"], ["begin", "end"], ["best", "worst"], ["low", "high"], ["from", "until"]] as const;

/** Give the column with the other end of what begins in a column. */
function partner(first: string, dates: readonly string[]): string {
  for (const [begin, end] of ENDS) {
    const other = first.replace(begin, end);
    if (other !== first && dates.includes(other)) return other;
  }
  return "";
}

/** Give what stands beside the word for the begin in the name of a column. */
const stemOf = (first: string): string => first.replace(new RegExp(ENDS.map(([begin]) => begin).join("|")), "").replace(/^_|_$/g, "");

/** How sure it is, or how it went: `none` where the table tells nothing of it. */
export type Look = "full" | "open" | "given_up" | "none";

/** Columns that tell how sure something is, or what came of it. */
const LOOKED = /^(reach|proven|status|outcome|stage|furthest|certainty|running|covers)$/;
const FULL = ["certain", "true", "proven", "adopted", "adapted", "embedded", "mainstreamed", "high", "surely"];
const GIVEN_UP = ["abandoned", "refused"];

/** Give the columns that the look of a picture is taken from. */
export function lookedAt(table: Table): string[] {
  return table.columns.flatMap((column, i) => (LOOKED.test(column.name) && table.rows.some((row) => told(row[i]!)) && !table.rows.some((row) => typeof row[i] === "number" || typeof row[i] === "object" && row[i] !== null) ? [column.name] : []));
}

/** Give how a row looks: given up where one column says so, full where all that say anything are
 * sure. What is not known is never drawn as what is. */
export function lookOf(table: Table, row: number): Look {
  const columns = lookedAt(table);
  if (!columns.length) return "none";
  const found = columns.map((name) => told(table.rows[row]![place(table, name)]!)).filter(Boolean);
  if (found.some((value) => GIVEN_UP.includes(value))) return "given_up";
  return found.length > 0 && found.every((value) => FULL.includes(value)) ? "full" : "open";
}

/** Give a code without the vocabulary that it stands in. */
const told = (cell: Cell): string => written(cell).replace(/^.*[/#]/, "").toLowerCase();

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

const distinct = (table: Table, name: string): number => new Set(table.rows.map((row) => written(row[place(table, name)]!))).size;

