/** The lines of the map: what went from whom to whom, put together where there are many. */
import { LINES, type LineLook } from "../looks.ts";
import { homeOf, tally, type Tally } from "../matrix/homes.ts";
import type { Scene } from "../scene.ts";
import { NONE, type Shown } from "../shown.ts";
import type { Placed } from "./places.ts";

/** More lines than this are put together by pairs of states. */
export const MANY = 150;

export interface Arc {
  key: string;
  /** Places in `things`, or codes of states where lines are put together by states. */
  from: number | string;
  to: number | string;
  /** Places in `scene.transfers`. */
  transfers: number[];
  counts: Tally;
  look: LineLook;
}

export interface Arcs {
  arcs: Arc[];
  /** What stays at one spot, or within one state where lines are put together by states. */
  loops: Arc[];
  /** Transfers of which an end has no place on the map, or is not recorded. */
  placeless: number[];
  /** Whether lines are put together by states. */
  together: boolean;
}

/** Give the lines between actors; between states where there would be more than `MANY`. */
export function arcsOf(scene: Scene, shown: Shown, places: Placed): Arcs {
  const byActor = gathered(scene, shown.transfers, (i) => (places.at.has(i) ? i : null));
  const spot = (end: number | string) => places.at.get(end as number)!.spot.key;
  const stays = (arc: Arc) => arc.from === arc.to || spot(arc.from) === spot(arc.to);
  const arcs = byActor.arcs.filter((arc) => !stays(arc));
  if (arcs.length <= MANY) return { arcs, loops: byActor.arcs.filter(stays), placeless: byActor.placeless, together: false };
  const known = new Set(scene.frame.countries.filter((one) => one.lat !== null && one.lon !== null).map((one) => one.code));
  const byState = gathered(scene, shown.transfers, (i) => {
    const code = homeOf(scene, i);
    return code !== NONE && known.has(code) ? code : null;
  });
  return {
    arcs: byState.arcs.filter((arc) => arc.from !== arc.to),
    loops: byState.arcs.filter((arc) => arc.from === arc.to),
    placeless: byState.placeless,
    together: true,
  };
}

function gathered(scene: Scene, transfers: readonly number[], endOf: (thing: number) => number | string | null): { arcs: Arc[]; placeless: number[] } {
  const pairs = new Map<string, { from: number | string; to: number | string; transfers: number[] }>();
  const placeless: number[] = [];
  for (const i of transfers) {
    const { giver, receiver } = scene.transfers[i]!;
    const from = giver === null ? null : endOf(giver);
    const to = receiver === null ? null : endOf(receiver);
    if (from === null || to === null) {
      placeless.push(i);
      continue;
    }
    const key = `${from}>${to}`;
    const found = pairs.get(key);
    if (found) found.transfers.push(i);
    else pairs.set(key, { from, to, transfers: [i] });
  }
  const arcs = [...pairs].map(([key, pair]) => {
    const rows = pair.transfers.map((i) => scene.transfers[i]!);
    return { key, ...pair, counts: tally(rows), look: lookOf(rows) };
  });
  // What is proven is drawn last, above the rest.
  const weight = { left_out: 0, inferred: 0, possible: 1, contradicted: 2, proven: 3 };
  return { arcs: arcs.sort((a, b) => weight[a.look.id] - weight[b.look.id] || Math.min(...a.transfers) - Math.min(...b.transfers)), placeless };
}

/** Give the look of several together: proven if one is, contradicted only if all that count are. */
function lookOf(rows: { outcome: string; contradicted: boolean }[]): LineLook {
  const counted = rows.filter((row) => row.outcome !== "left_out");
  const id = !counted.length ? "left_out"
    : counted.every((row) => row.contradicted) ? "contradicted"
    : counted.some((row) => row.outcome === "proven") ? "proven" : "possible";
  return LINES.find((look) => look.id === id)!;
}

/** How many different transfers an arc stands for. */
export const sizeOf = (arc: Arc): number => arc.counts.proven + arc.counts.possible + arc.counts.leftOut;

export type Point = readonly [x: number, y: number];

export interface Curve {
  /** The line, from the giver's mark to before the receiver's. */
  d: string;
  /** Broad at the giver and nothing at the receiver. */
  taper: string;
  arrow: string;
  middle: Point;
}

const ARROW = 8;

/** Give the curve from one point to another, bent to the left as one goes, so that two ways do not
 * cover each other; it ends `clear` before either. */
export function curveOf(from: Point, to: Point, clear = 8, broad = 5): Curve {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const long = Math.hypot(dx, dy) || 1;
  const bend = Math.min(0.2 * long, 70);
  const control: Point = [(from[0] + to[0]) / 2 + (dy / long) * bend, (from[1] + to[1]) / 2 - (dx / long) * bend];
  const along = (t: number): Point => [
    (1 - t) ** 2 * from[0] + 2 * t * (1 - t) * control[0] + t * t * to[0],
    (1 - t) ** 2 * from[1] + 2 * t * (1 - t) * control[1] + t * t * to[1],
  ];
  const start = Math.min(0.3, clear / long), end = 1 - Math.min(0.3, clear / long);
  const tip = along(end);
  const [ux, uy] = unit(along(Math.max(start, end - 0.06)), tip);
  const size = Math.min(ARROW, long / 3);
  const back: Point = [tip[0] - ux * size, tip[1] - uy * size];
  const stop = Math.max(start, end - (0.6 * size) / long);
  // The part of a quadratic curve between two of its points is one again.
  const [a, b] = [along(start), along(stop)];
  const inner: Point = [
    (1 - start) * (1 - stop) * from[0] + ((1 - start) * stop + start * (1 - stop)) * control[0] + start * stop * to[0],
    (1 - start) * (1 - stop) * from[1] + ((1 - start) * stop + start * (1 - stop)) * control[1] + start * stop * to[1],
  ];
  const left: Point[] = [], right: Point[] = [];
  for (let i = 0; i <= 8; i++) {
    const t = start + ((stop - start) * i) / 8;
    const [x, y] = along(t);
    const [vx, vy] = unit(along(Math.max(0, t - 0.02)), along(Math.min(1, t + 0.02)));
    const half = (broad / 2) * (1 - i / 8);
    left.push([x + vy * half, y - vx * half]);
    right.unshift([x - vy * half, y + vx * half]);
  }
  return {
    d: `M${told(a)}Q${told(inner)} ${told(b)}`,
    taper: `M${[...left, ...right].map(told).join("L")}Z`,
    arrow: `M${told(tip)}L${told([back[0] - uy * size * 0.45, back[1] + ux * size * 0.45])}L${told([back[0] + uy * size * 0.45, back[1] - ux * size * 0.45])}Z`,
    middle: along(0.5),
  };
}

function unit(a: Point, b: Point): Point {
  const [x, y] = [b[0] - a[0], b[1] - a[1]];
  const long = Math.hypot(x, y) || 1;
  return [x / long, y / long];
}

const told = ([x, y]: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
