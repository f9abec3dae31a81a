/** The shapes of lines and bars, as SVG paths, for the part of time that is seen. */
import { measured } from "../taking.ts";
import type { Span } from "./axis.ts";
import { STUB } from "./layout.ts";
import type { Bar } from "./bars.ts";

/** Where time is drawn: from left to right, and where what has no date stands. */
export interface Field {
  left: number;
  right: number;
  undated: number;
  span: Span;
}

/** Give where a day begins on the axis. */
export function xOf(field: Field, day: number): number {
  return field.left + ((day - field.span[0]) / (field.span[1] - field.span[0])) * (field.right - field.left);
}

export interface Shape {
  /** Where it fades in, where what is known begins and ends, and where it fades out. */
  fadeIn: number;
  x1: number;
  x2: number;
  fadeOut: number;
  core: readonly [number, number] | null;
}

/** How wide the mark of what has no date is. */
const SIGN = 16;

/** Give where a bar stands from left to right. */
export function shapeOf(field: Field, bar: Bar): Shape {
  if (!bar.known) {
    const x = field.undated;
    return { fadeIn: x, x1: x, x2: x + SIGN, fadeOut: x + SIGN, core: null };
  }
  const x1 = xOf(field, bar.known[0]);
  const x2 = Math.max(xOf(field, bar.known[1] + 1), x1 + 3);
  const [before, after] = bar.open;
  return {
    x1, x2,
    fadeIn: before === undefined ? x1 : before === null ? x1 - STUB : Math.min(xOf(field, before), x1),
    fadeOut: after === undefined ? x2 : after === null ? x2 + STUB : Math.max(xOf(field, after + 1), x2),
    core: bar.core ? [xOf(field, bar.core[0]), Math.max(xOf(field, bar.core[1] + 1), xOf(field, bar.core[0]) + 2.5)] : null,
  };
}

/** Give the line of a transfer: out of the giver's row, along, and into the bar on the receiver's. */
export function curve(x: number, from: number, to: number, trunk: number): string {
  const end = x - ARROW + 1;
  const down = x - trunk;
  const high = Math.abs(to - from);
  if (high < 1) return `M${n(down - 10)},${n(from)}C${n(down - 10)},${n(from - 14)} ${n(end - 6)},${n(from - 14)} ${n(end)},${n(to)}`;
  const round = Math.min(high / 2, 9, trunk - ARROW);
  const side = to > from ? round : -round;
  return `M${n(down - round)},${n(from)}Q${n(down)},${n(from)} ${n(down)},${n(from + side)}V${n(to - side)}Q${n(down)},${n(to)} ${n(down + round)},${n(to)}H${n(end)}`;
}

export const ARROW = 6;

/** Give the arrow at the receiver, with its point at the bar. */
export function arrow(x: number, y: number, size = 3.4): string {
  return `M${n(x - ARROW)},${n(y - size)}L${n(x)},${n(y)}L${n(x - ARROW)},${n(y + size)}Z`;
}

/** Give the line of a giver that is not recorded: it comes from nowhere. */
export function stub(x: number, y: number): string {
  return `M${n(x - 20)},${n(y)}H${n(x - ARROW + 1)}`;
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** Give a text cut to its room, with a sign that it goes on; empty where there is no room at all. */
export function fitted(text: string, size: number, room: number): string {
  if (measured(text, size) <= room) return text;
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (measured(`${text.slice(0, middle).trimEnd()}…`, size) <= room) least = middle;
    else most = middle - 1;
  }
  return least ? `${text.slice(0, least).trimEnd()}…` : "";
}
