/** The box beneath the map: the actors that lie outside it, country by country, so that none is lost. */
import { measured } from "../taking.ts";
import type { Placed } from "./places.ts";

export interface Slot {
  key: string;
  /** The middle of the first mark. */
  x: number;
  y: number;
  /** Where the name of the country begins. */
  words: number;
  text: string;
}

const HIGH = 28, LEFT = 12, SIZE = 11.5;

/** Give a slot for each country outside the map, and how high the box is; nothing where there is none. */
export function stripOf(places: Placed, width: number, top: number, heading: string, nameOf: (key: string) => string): { slots: Slot[]; height: number } {
  if (!places.outside.length) return { slots: [], height: 0 };
  const slots: Slot[] = [];
  let x = LEFT + measured(heading, SIZE) + 22, y = top + HIGH / 2 + 4;
  for (const { key } of places.outside) {
    const marks = places.marks.filter((mark) => mark.spot.key === key).length + places.heaps.filter((heap) => heap.key === key).length;
    const text = nameOf(key);
    const wide = marks * 16 + 4 + measured(text, SIZE) + 24;
    if (x + wide > width && x > LEFT + 10) {
      x = LEFT + 10;
      y += HIGH;
    }
    slots.push({ key, x, y, words: x + marks * 16 - 4, text });
    x += wide;
  }
  return { slots, height: y + HIGH / 2 + 4 - top };
}
