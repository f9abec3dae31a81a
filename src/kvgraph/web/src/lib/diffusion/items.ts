/** What is drawn of each bar in the part of time that is seen: shapes, line, arrow and the words beside. */
import { measured } from "../taking.ts";
import type { Bar } from "./bars.ts";
import { arrow, curve, fitted, shapeOf, stub, type Field, type Shape } from "./draw.ts";
import type { Placed } from "./layout.ts";

export interface Item {
  bar: Bar;
  shape: Shape;
  y: number;
  /** The line from the giver, and its arrow; empty where there is no giver to draw it from. */
  line: string;
  arrow: string;
  /** Where the line runs from top to bottom. */
  down: number;
  from: number;
  words: { text: string; x: number; anchor: "start" | "end" } | null;
}

export const WORDS = 11;
/** Less room than this says nothing. */
const LEAST = 34;
/** With this much room words are rather cut than set before their bar, where lines run. */
const ENOUGH = 80;

/** Give the items of the bars. `said` are the words beside each, the longest first. */
export function itemsOf(bars: readonly Bar[], placed: Placed, field: Field, said: (bar: Bar) => readonly string[]): Item[] {
  const items: Item[] = [];
  const beside = new Map<number, Item[]>();
  for (const bar of bars) {
    const y = placed.middle.get(bar.key);
    if (y === undefined) continue;
    const shape = shapeOf(field, bar);
    const from = placed.from.get(bar.key);
    const trunk = placed.trunk.get(bar.key) ?? 0;
    const nowhere = bar.key.startsWith("transfer:") && bar.giver === null;
    const item: Item = {
      bar, shape, y,
      line: from !== undefined ? curve(shape.x1, from, y, trunk) : nowhere ? stub(shape.x1, y) : "",
      arrow: from !== undefined || nowhere ? arrow(shape.x1, y) : "",
      down: shape.x1 - trunk,
      from: from ?? y,
      words: null,
    };
    items.push(item);
    if (!bar.known) continue;
    // A track is a height: what stands on the same one shares its room.
    const list = beside.get(y);
    if (list) list.push(item);
    else beside.set(y, [item]);
  }
  for (const list of beside.values()) {
    list.sort((a, b) => a.shape.x1 - b.shape.x1);
    list.forEach((item, i) => (item.words = placedWords(item, list[i - 1], list[i + 1], field, said(item.bar))));
  }
  return items;
}

function placedWords(item: Item, before: Item | undefined, after: Item | undefined, field: Field, said: readonly string[]): Item["words"] {
  if (item.shape.x2 < field.left || item.shape.x1 > field.right) return null;
  // The number of a stage stands at the end of its bar.
  const start = item.shape.x2 + (item.bar.ticks.length ? 11 : 5);
  const right = Math.min(field.right, after ? Math.min(after.shape.fadeIn, after.down) - 6 : Infinity) - start;
  const edge = before ? Math.max(before.shape.fadeOut, before.words?.anchor === "start" ? before.words.x + measured(before.words.text, WORDS) : 0) : field.left;
  const end = Math.min(item.down, item.shape.fadeIn) - 5;
  const left = end - Math.max(edge + 6, field.left + 4);
  for (const text of said) if (measured(text, WORDS) <= right) return { text, x: start, anchor: "start" };
  const shortest = said.at(-1);
  if (!shortest) return null;
  if (right >= ENOUGH) return { text: fitted(shortest, WORDS, right), x: start, anchor: "start" };
  if (measured(shortest, WORDS) <= left) return { text: shortest, x: end, anchor: "end" };
  return right >= LEAST ? { text: fitted(shortest, WORDS, right), x: start, anchor: "start" } : null;
}
