/** The axis of time: how much of it is seen, where a day stands, and which years are written. */
import { firstOf, iso, yearOf } from "../days.ts";
import type { Day, Scene } from "../scene.ts";
import { originsOf } from "./order.ts";

/** The first day that is seen, and the first that no longer is. */
export type Span = readonly [first: number, after: number];

const YEAR = 365.25;
/** Closer than this nothing more is told: most dates are months or years. */
const LEAST = 90;

/** Give all days that a scene knows of, the horizon last. */
export function daysOf(scene: Scene): number[] {
  const days: (Day | undefined)[] = [
    ...scene.transfers.flatMap((one) => [...one.days, ...one.attainments.flatMap((stage) => [stage.first, stage.last])]),
    ...[...scene.adoptions, ...originsOf(scene)].flatMap((one) => [one.first, one.last]),
    scene.frame.horizon,
  ];
  return days.filter((day): day is number => day !== null && day !== undefined);
}

/** Give the whole time of a scene in full years; where no day is known, one year that stands for none. */
export function wholeOf(scene: Scene): Span {
  const days = daysOf(scene);
  const known = days.length ? days : [0];
  const [least, most] = known.reduce(([low, high], day) => [Math.min(low, day), Math.max(high, day)], [Infinity, -Infinity]);
  return [firstOf(yearOf(least)), firstOf(yearOf(most) + 1)];
}

/** Give the span that a state keeps, `2009-01-01..2015-12-31`, or the whole where it keeps none. */
export function spanOf(text: string | undefined, whole: Span): Span {
  const found = /^(-?\d{1,6}-\d\d-\d\d)\.\.(-?\d{1,6}-\d\d-\d\d)$/.exec(text ?? "");
  if (!found) return whole;
  const [first, last] = [dayOf(found[1]!), dayOf(found[2]!)];
  return Number.isFinite(first) && Number.isFinite(last) && first < last ? held([first, last + 1], whole) : whole;
}

function dayOf(text: string): number {
  const [, year, month, day] = /^(-?\d+)-(\d\d)-(\d\d)$/.exec(text)!;
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year));
  return date.getTime() / 86_400_000;
}

/** Give what a state keeps of a span; nothing where all is seen. */
export function spanText([first, after]: Span, whole: Span): string {
  const [from, to] = [Math.round(first), Math.round(after) - 1];
  return from <= whole[0] && to + 1 >= whole[1] ? "" : `${iso(from)}..${iso(to)}`;
}

/** Give a span within the whole: moved in where it fits, cut where it does not. */
export function held([first, after]: Span, whole: Span): Span {
  const size = Math.min(Math.max(after - first, LEAST), whole[1] - whole[0]);
  const middle = (first + after) / 2;
  const from = Math.min(Math.max(middle - size / 2, whole[0]), whole[1] - size);
  return [from, from + size];
}

/** Give a span that is so many times as wide, around a day (its middle where none is given). */
export function widened(span: Span, times: number, whole: Span, around = (span[0] + span[1]) / 2): Span {
  const at = (around - span[0]) / (span[1] - span[0]);
  const size = Math.min(Math.max((span[1] - span[0]) * times, LEAST), whole[1] - whole[0]);
  return held([around - at * size, around + (1 - at) * size], whole);
}

/** Give a span moved by a part of its width. */
export function moved(span: Span, part: number, whole: Span): Span {
  const by = (span[1] - span[0]) * part;
  return held([span[0] + by, span[1] + by], whole);
}

/** Give a span in which some days are seen, moved as little as need be. */
export function showing(span: Span, first: number, last: number, whole: Span): Span {
  const [from, after] = span;
  if (last < from) return held([first, first + after - from], whole);
  if (first >= after) return held([last - (after - from), last], whole);
  return span;
}

export interface Tick {
  day: number;
  label: string;
}

const STEPS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000];

/** Give the years, or months, that are written along an axis so wide that none touches the next. */
export function ticksOf([first, after]: Span, wide: number): Tick[] {
  const months = ((after - first) / YEAR) * 12;
  const step = STEPS.find((size) => (wide * size) / months >= (size < 12 ? 62 : 42)) ?? STEPS.at(-1)!;
  const found: Tick[] = [];
  const start = new Date(first * 86_400_000);
  let at = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (; ; at += step) {
    const year = Math.floor(at / 12);
    const month = at - year * 12;
    const date = new Date(Date.UTC(2000, month, 1));
    date.setUTCFullYear(year);
    const day = date.getTime() / 86_400_000;
    if (day >= after) return found;
    if (day >= first) found.push({ day, label: step < 12 ? `${year}-${String(month + 1).padStart(2, "0")}` : String(year) });
  }
}
