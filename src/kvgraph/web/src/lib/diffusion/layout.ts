/** Where rows, bars and lines stand from top to bottom; it does not change when time is zoomed. */
import { countOf, type Bar } from "./bars.ts";
import type { Span } from "./axis.ts";
import { UNKNOWN, type Lane } from "./order.ts";

export const HEADING = 26;
export const BAR = 9;
/** From one bar to the next where several stand on a row. */
export const PITCH = 12;
const GAP = 6;
/** A row's margin, and the line on which its label stands where there is no room beside it. */
const MARGIN = 8;
const LABEL = 16;
/** How long an open side is drawn where no day bounds it, in pixels. */
export const STUB = 30;

export interface Row {
  row: number;
  y: number;
  height: number;
  /** Where its label stands, and where its first bar does. */
  label: number;
  bars: number;
}

export interface PlacedLane {
  level: string;
  y: number;
  height: number;
  rows: Row[];
  /** How many transfers arrived here; one to several of its receivers counts once. */
  received: number;
}

export interface Placed {
  lanes: PlacedLane[];
  rows: Row[];
  at: Map<number, Row>;
  /** The middle of each bar, by key. */
  middle: Map<string, number>;
  /** Where each line leaves its giver's row, by key of its bar. */
  from: Map<string, number>;
  /** How far before its bar each line runs, in pixels, by key. */
  trunk: Map<string, number>;
  height: number;
}

export interface Room {
  whole: Span;
  /** How wide the whole time is drawn, in pixels. */
  wide: number;
  /** Whether labels stand above the rows. */
  narrow: boolean;
  top: number;
}

/** Lay out lanes, rows and bars. Lanes of governance stay even if empty: a blank is told, too. */
export function layOut(lanes: readonly Lane[], kept: ReadonlySet<number>, bars: readonly Bar[], room: Room): Placed {
  const scale = room.wide / (room.whole[1] - room.whole[0]);
  const tracks = tracked(bars, scale);
  const count = new Map<number, number>();
  for (const bar of bars) count.set(bar.row, Math.max(count.get(bar.row) ?? 1, tracks.get(bar.key)! + 1));
  const arrivals = bars.filter((bar) => bar.key.startsWith("transfer:"));
  const placed: Placed = { lanes: [], rows: [], at: new Map(), middle: new Map(), from: new Map(), trunk: new Map(), height: 0 };
  let y = room.top;
  for (const lane of lanes) {
    const rows = lane.rows.filter((row) => kept.has(row));
    if (!rows.length && (lane.level === UNKNOWN || lane.level === "project")) continue;
    const heading = y;
    y += HEADING;
    const here: Row[] = [];
    for (const row of rows) {
      const above = room.narrow ? LABEL : 0;
      const height = MARGIN + above + PITCH * (count.get(row) ?? 1);
      const first = y + above + MARGIN / 2 + PITCH / 2;
      const found = { row, y, height, label: room.narrow ? y + LABEL - 4 : y + height / 2 + 4, bars: first };
      here.push(found);
      placed.rows.push(found);
      placed.at.set(row, found);
      y += height;
    }
    placed.lanes.push({ level: lane.level, y: heading, height: y - heading, rows: here, received: countOf(arrivals.filter((bar) => rows.includes(bar.row))) });
    y += GAP;
  }
  placed.height = y;
  for (const bar of bars) {
    const row = placed.at.get(bar.row);
    if (row) placed.middle.set(bar.key, row.bars + PITCH * tracks.get(bar.key)!);
  }
  leave(bars, placed);
  trunks(bars, placed, scale, room);
  return placed;
}

/** Give to each bar a track of its row on which nothing else stands at that time. */
export function tracked(bars: readonly Bar[], scale: number): Map<string, number> {
  const found = new Map<string, number>();
  const ends = new Map<number, number[]>();
  const start = (bar: Bar) => (bar.known ? (bar.open[0] === undefined ? bar.known[0] : (bar.open[0] ?? bar.known[0] - STUB / scale)) : 0);
  const stop = (bar: Bar) => (bar.known ? (bar.open[1] === undefined ? bar.known[1] + 1 : (bar.open[1] ?? bar.known[1] + STUB / scale)) : 0);
  const order = new Map(bars.map((bar, i) => [bar, i]));
  // What is not known any closer than to an open side stands below what is.
  const dated = bars.filter((bar) => bar.known).sort((a, b) => start(a) - start(b) || stop(a) - stop(b) || order.get(a)! - order.get(b)!);
  for (const bar of dated) {
    const row = ends.get(bar.row) ?? [];
    ends.set(bar.row, row);
    let track = row.findIndex((end) => end <= start(bar));
    if (track < 0) track = row.length;
    row[track] = Math.max(stop(bar), start(bar) + 6 / scale) + 8 / scale;
    found.set(bar.key, track);
  }
  const undated = new Map<number, number>();
  for (const bar of bars) {
    if (bar.known) continue;
    const track = undated.get(bar.row) ?? 0;
    undated.set(bar.row, track + 1);
    found.set(bar.key, track);
  }
  return found;
}

const RANK: readonly Bar["kind"][] = ["origin", "proven", "possible", "adopted"];

/** Let each line leave where its giver had the practice: at its origin, else at what it received. */
function leave(bars: readonly Bar[], placed: Placed): void {
  const had = new Map<string, Bar>();
  for (const bar of bars) {
    const rank = RANK.indexOf(bar.kind);
    if (rank < 0 || !bar.known) continue;
    const key = `${bar.row} ${bar.practice}`;
    const before = had.get(key);
    if (!before || rank < RANK.indexOf(before.kind)) had.set(key, bar);
  }
  for (const bar of bars) {
    if (bar.giver === null) continue;
    const row = placed.at.get(bar.giver);
    if (!row) continue;
    const held = had.get(`${bar.giver} ${bar.practice}`);
    placed.from.set(bar.key, (held && bar.known && placed.middle.get(held.key)) || row.bars);
  }
}

/** How near a bar its line may run, how far apart lines run, and how many run beside each other. */
const NEAR = 12;
const APART = 3.5;
const MOST = 12;

/** Let lines of one giver and one day run together, and those of others beside them. */
function trunks(bars: readonly Bar[], placed: Placed, scale: number, room: Room): void {
  interface Bundle {
    x: number;
    top: number;
    bottom: number;
    keys: string[];
  }
  const bundles = new Map<string, Bundle>();
  for (const bar of bars) {
    const from = placed.from.get(bar.key);
    const to = placed.middle.get(bar.key);
    if (from === undefined || to === undefined) continue;
    const x = bar.known ? (bar.known[0] - room.whole[0]) * scale : room.wide + 1000;
    const name = `${bar.giver} ${bar.known ? bar.known[0] : ""}`;
    const bundle = bundles.get(name) ?? { x, top: Infinity, bottom: -Infinity, keys: [] };
    bundles.set(name, bundle);
    bundle.top = Math.min(bundle.top, from, to);
    bundle.bottom = Math.max(bundle.bottom, from, to);
    bundle.keys.push(bar.key);
  }
  const laid: { x: number; top: number; bottom: number }[] = [];
  for (const bundle of [...bundles.values()].sort((a, b) => a.x - b.x || a.bottom - a.top - (b.bottom - b.top) || a.top - b.top)) {
    const beside = laid.filter((other) => bundle.x - other.x < NEAR + 2 * APART * MOST && other.top < bundle.bottom + 4 && other.bottom > bundle.top - 4);
    let track = 0;
    let fewest = Infinity;
    for (let k = 0; k < MOST; k++) {
      const x = bundle.x - NEAR - APART * k;
      const clashes = beside.filter((other) => Math.abs(other.x - x) < APART - 0.1).length;
      if (clashes < fewest) [track, fewest] = [k, clashes];
      if (!clashes) break;
    }
    const offset = NEAR + APART * track;
    laid.push({ x: bundle.x - offset, top: bundle.top, bottom: bundle.bottom });
    for (const key of bundle.keys) placed.trunk.set(key, offset);
  }
}
