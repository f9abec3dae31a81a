/** How the keyboard goes through the picture: row by row, and along each in time. */
import type { Bar } from "./bars.ts";
import type { Placed } from "./layout.ts";

export interface Mark {
  /** `row:PLACE` for an actor, else the key of its bar. */
  key: string;
  row: number;
  /** Its place among the rows that are drawn. */
  line: number;
  bar: Bar | null;
  day: number;
}

/** Give all marks in reading order: each actor, then what stands on its row, the undated last. */
export function marksOf(placed: Placed, bars: readonly Bar[]): Mark[] {
  const on = new Map<number, Bar[]>();
  for (const bar of bars) {
    const list = on.get(bar.row);
    if (list) list.push(bar);
    else on.set(bar.row, [bar]);
  }
  const day = (bar: Bar) => bar.known?.[0] ?? Infinity;
  return placed.rows.flatMap(({ row }, line) => [
    { key: `row:${row}`, row, line, bar: null, day: -Infinity },
    ...(on.get(row) ?? [])
      .map((bar, i) => ({ bar, i }))
      .sort((a, b) => (day(a.bar) === day(b.bar) ? placed.middle.get(a.bar.key)! - placed.middle.get(b.bar.key)! || a.i - b.i : day(a.bar) - day(b.bar)))
      .map(({ bar }) => ({ key: bar.key, row, line, bar, day: day(bar) })),
  ]);
}

/** Give the place of the mark that a key leads to, or the same where it leads nowhere. */
export function step(marks: readonly Mark[], at: number, key: string, whole: boolean): number {
  const here = marks[at];
  if (!here) return marks.length ? 0 : -1;
  switch (key) {
    case "ArrowRight": return Math.min(at + 1, marks.length - 1);
    case "ArrowLeft": return Math.max(at - 1, 0);
    case "ArrowDown": return nearest(marks, here, 1) ?? at;
    case "ArrowUp": return nearest(marks, here, -1) ?? at;
    case "Home": return whole ? 0 : marks.findIndex((mark) => mark.line === here.line);
    case "End": return whole ? marks.length - 1 : marks.findLastIndex((mark) => mark.line === here.line);
    default: return at;
  }
}

/** Give the mark of the row above or below that is nearest in time. */
function nearest(marks: readonly Mark[], here: Mark, by: 1 | -1): number | null {
  const line = here.line + by;
  let [found, away] = [-1, Infinity];
  marks.forEach((mark, i) => {
    if (mark.line !== line) return;
    const distance = mark.day === here.day ? 0 : Math.abs(mark.day - here.day);
    // From an actor to the next actor, from a bar to a bar where there is one.
    const far = distance === Infinity ? 1e9 + Number(mark.bar === null) : distance;
    if (found < 0 || far < away) [found, away] = [i, far];
  });
  return found < 0 ? null : found;
}
