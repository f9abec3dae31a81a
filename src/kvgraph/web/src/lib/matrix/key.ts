/** The key of a picture, drawn into it at its foot so that it goes along wherever the picture goes. */
import { measured, wrapped } from "../taking.ts";

/** What is told: by itself, or beside a swatch. */
export interface Told {
  text: string;
  /** The fill of the swatch; without it, words alone. */
  fill?: string;
  stroke?: string;
  /** A mark instead of a box: of an actor at its own place, or with a ring around it. */
  mark?: "own" | "ring";
}

export interface Laid extends Told {
  x: number;
  /** The middle of its swatch. */
  y: number;
  lines: string[];
}

export const LINE = 16;
const SIZE = 12, EDGE = 8, SWATCH = 34, GAP = 18, ROW = 24;

/** Put what is told into rows of a width; words alone have rows of their own. */
export function keyOf(told: readonly Told[], width: number): { laid: Laid[]; height: number } {
  const laid: Laid[] = [];
  let x = EDGE, y = ROW / 2 + 4, lowest = 0;
  for (const one of told) {
    const swatch = one.fill || one.mark ? SWATCH : 0;
    const lines = wrapped(one.text, SIZE, width - 2 * EDGE - swatch);
    const wide = swatch + Math.max(...lines.map((line) => measured(line, SIZE)));
    if (x > EDGE && (!swatch || x + wide > width - EDGE)) [x, y] = [EDGE, lowest];
    laid.push({ ...one, x, y, lines });
    lowest = Math.max(lowest, y + ROW + (lines.length - 1) * LINE);
    if (swatch) x += wide + GAP;
    else y = lowest;
  }
  return { laid, height: told.length ? lowest - ROW / 2 + 4 : 0 };
}
