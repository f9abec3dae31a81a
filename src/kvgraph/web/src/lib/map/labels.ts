/** Names on the map that do not cover one another: the most linked first, the rest when asked for. */
import { measured } from "../taking.ts";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Asked {
  key: string;
  text: string;
  /** The middle of what is named, and how far its edge is. */
  x: number;
  y: number;
  radius: number;
  /** What is placed first. */
  weight: number;
  /** Whether it may stand further off where there is no room beside it. */
  far?: boolean;
}

export interface Label {
  key: string;
  text: string;
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

export const SIZE = 11;

/** Give the names that have room among `taken` and one another, within the frame. */
export function labelled(asked: readonly Asked[], taken: readonly Box[], width: number, height: number, size = SIZE): Label[] {
  const grid = new Grid(taken);
  const labels: Label[] = [];
  for (const one of [...asked].sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))) {
    const wide = measured(one.text, size) + 3, high = size + 3;
    const around = (gap: number): [number, number, Label["anchor"]][] => [
      [one.x + gap, one.y - high / 2, "start"], [one.x - gap - wide, one.y - high / 2, "end"],
      [one.x - wide / 2, one.y - gap - high + 2, "middle"], [one.x - wide / 2, one.y + gap - 2, "middle"],
    ];
    const tries = [0, ...(one.far ? [9, 18, 27] : [])].flatMap((more) => around(one.radius + 3 + more));
    for (const [x, y, anchor] of tries) {
      const box = { x, y, width: wide, height: high };
      if (x < 2 || y < 2 || x + wide > width - 2 || y + high > height - 2 || grid.hits(box)) continue;
      grid.put(box);
      labels.push({ key: one.key, text: one.text, x: anchor === "start" ? x : anchor === "end" ? x + wide : x + wide / 2, y: y + high - 4, anchor });
      break;
    }
  }
  return labels;
}

/** Boxes by the squares of paper that they lie on, so that a thousand names are placed at once. */
class Grid {
  private readonly squares = new Map<string, Box[]>();

  constructor(boxes: readonly Box[]) {
    for (const box of boxes) this.put(box);
  }

  put(box: Box): void {
    for (const key of this.keys(box)) {
      const found = this.squares.get(key);
      if (found) found.push(box);
      else this.squares.set(key, [box]);
    }
  }

  hits(box: Box): boolean {
    for (const key of this.keys(box)) {
      for (const other of this.squares.get(key) ?? []) {
        if (box.x < other.x + other.width && other.x < box.x + box.width && box.y < other.y + other.height && other.y < box.y + box.height) return true;
      }
    }
    return false;
  }

  private *keys({ x, y, width, height }: Box): Generator<string> {
    for (let i = Math.floor(x / 64); i <= Math.floor((x + width) / 64); i++) {
      for (let j = Math.floor(y / 64); j <= Math.floor((y + height) / 64); j++) yield `${i},${j}`;
    }
  }
}
