/** Where on the map each actor stands: at its own place, at its state's, beside the map, or nowhere. */
import type { Scene } from "../scene.ts";
import { NONE, type Shown } from "../shown.ts";
import { homeOf } from "../matrix/homes.ts";
import type { Ground } from "./geography.ts";

export interface Spot {
  /** What stands at the same spot has the same key. */
  key: string;
  /** On the ground, before it is enlarged. */
  x: number;
  y: number;
  /** Whether the actor's own coordinates say so, or those of its state. */
  how: "own" | "state";
  /** Whether it lies outside the map, and is drawn in the box beside Europe. */
  outside: boolean;
}

export interface Mark {
  thing: number;
  spot: Spot;
  /** Off its spot, in pixels at any scale, where several share it. */
  dx: number;
  dy: number;
  /** How many different transfers it gave or received, of those that are shown. */
  degree: number;
}

/** Several at one spot of which not all are drawn. */
export interface Heap {
  key: string;
  spot: Spot;
  dx: number;
  dy: number;
  things: number[];
}

export interface Placed {
  marks: Mark[];
  heaps: Heap[];
  /** Actors of which neither a place nor a state is known, most linked first. */
  nowhere: number[];
  /** By thing: where its lines begin and end. */
  at: Map<number, { spot: Spot; dx: number; dy: number }>;
  /** Spots outside the map, in the order in which the box lists them. */
  outside: Spot[];
}

/** So many stand side by side at a spot before the rest is heaped. */
export const MOST = 7;
const APART = 12.5;

/** Give where an actor stands, or nothing. */
export function spotOf(scene: Scene, place: number, ground: Ground): Spot | null {
  const thing = scene.things[place]!;
  const own = thing.lat !== null && thing.lon !== null;
  let [lat, lon] = [thing.lat, thing.lon];
  if (!own) {
    const code = homeOf(scene, place);
    const country = code === NONE ? undefined : scene.frame.countries.find((one) => one.code === code);
    [lat, lon] = [country?.lat ?? null, country?.lon ?? null];
  }
  if (lat === null || lon === null) return null;
  const [x, y] = ground.project(lon, lat);
  const outside = !(x >= 0 && x <= ground.width && y >= 0 && y <= ground.height);
  return { key: outside ? `out:${thing.country ?? NONE}` : `${lat.toFixed(2)},${lon.toFixed(2)}`, x, y, how: own ? "own" : "state", outside };
}

/** Place all actors that are shown. `open` are the keys of spots at which all are to be drawn. */
export function placed(scene: Scene, shown: Shown, ground: Ground, open: ReadonlySet<string> = new Set()): Placed {
  const degrees = degreesOf(scene, shown);
  const all = [...shown.things].filter((i) => scene.things[i]!.kind !== "practice");
  const rank = (a: number, b: number) => (degrees.get(b) ?? 0) - (degrees.get(a) ?? 0) || (scene.things[a]!.id < scene.things[b]!.id ? -1 : 1);
  all.sort(rank);
  const spots = new Map<string, { spot: Spot; things: number[] }>();
  const nowhere: number[] = [];
  const own = new Map<number, Spot>();
  for (const i of all) {
    const spot = spotOf(scene, i, ground);
    if (!spot) {
      nowhere.push(i);
      continue;
    }
    own.set(i, spot);
    const found = spots.get(spot.key);
    if (found) found.things.push(i);
    else spots.set(spot.key, { spot, things: [i] });
  }
  const beside = [...spots.values()].filter(({ spot }) => spot.outside).sort((a, b) => (a.spot.key < b.spot.key ? -1 : 1));
  const marks: Mark[] = [], heaps: Heap[] = [];
  const at: Placed["at"] = new Map();
  for (const { spot, things } of [...[...spots.values()].filter((one) => !one.spot.outside), ...beside]) {
    const whole = things.length <= MOST || open.has(spot.key);
    const drawn = whole ? things : things.slice(0, MOST - 1);
    drawn.forEach((thing, i) => {
      const [dx, dy] = spot.outside ? inRow(i) : offset(i);
      marks.push({ thing, spot: own.get(thing)!, dx, dy, degree: degrees.get(thing) ?? 0 });
      at.set(thing, { spot, dx, dy });
    });
    if (whole) continue;
    const [dx, dy] = spot.outside ? inRow(MOST - 1) : offset(MOST - 1);
    const rest = things.slice(MOST - 1);
    heaps.push({ key: spot.key, spot, dx, dy, things: rest });
    for (const thing of rest) at.set(thing, { spot, dx, dy });
  }
  return { marks, heaps, nowhere, at, outside: beside.map(({ spot }) => spot) };
}

/** The box of what lies outside the map lists its marks side by side. */
const inRow = (i: number): [number, number] => [i * 16, 0];

/** Count the different transfers of each actor. */
function degreesOf(scene: Scene, shown: Shown): Map<number, number> {
  const sets = new Map<number, Set<string>>();
  for (const i of shown.transfers) {
    const { id, giver, receiver } = scene.transfers[i]!;
    for (const end of [giver, receiver]) if (end !== null) sets.set(end, (sets.get(end) ?? new Set()).add(id));
  }
  return new Map([...sets].map(([end, ids]) => [end, ids.size]));
}

/** Give the place of the one that comes so manieth at a spot: the first on it, the rest around it. */
export function offset(i: number): [number, number] {
  if (i === 0) return [0, 0];
  // Six around the first, twelve around those, and so on.
  let ring = 1, before = 1;
  while (i >= before + 6 * ring) {
    before += 6 * ring;
    ring += 1;
  }
  const angle = (2 * Math.PI * (i - before)) / (6 * ring) + Math.PI / 6;
  return [Math.round(Math.cos(angle) * APART * ring * 10) / 10, Math.round(Math.sin(angle) * APART * ring * 10) / 10];
}
