/** The paths of a scene, by their ends and by what lies on them. */
import { byId, fullName } from "../finding.ts";
import type { Path, Scene } from "../scene.ts";
import type { Lang, State } from "../state.ts";
import { order } from "../words.ts";

/** Give the paths between the ends that are chosen, as places: certain first, then the fewest hops. */
export function pathsBetween(scene: Scene, place: Pick<State, "from" | "to">): readonly number[] {
  return between(scene).get(`${byId(scene, place.from)}>${byId(scene, place.to)}`) ?? [];
}

/** Give the paths that a transfer lies on. */
export function pathsThrough(scene: Scene, transfer: number): number[] {
  return [...between(scene).values()].flatMap((rows) => rows.filter((i) => scene.paths[i]!.hops.includes(transfer))).sort(ranking(scene));
}

/** Give the change of the state that chooses a path, and a hop of it. */
export function choosing(scene: Scene, path: number, place: State, hop = 0): Partial<State> {
  const found = scene.paths[path]!;
  const row = between(scene).get(`${found.from}>${found.to}`)!.indexOf(path);
  const { "proof.row": _, ...own } = place.own;
  return { from: scene.things[found.from]!.id, to: scene.things[found.to]!.id, hop, at: "", own: row ? { ...own, "proof.row": String(row) } : own };
}

/** Which of the paths between two ends is walked. */
export function walked(scene: Scene, place: State): number | null {
  const rows = pathsBetween(scene, place);
  return rows.length ? rows[Math.min(rows.length - 1, Number(place.own["proof.row"] ?? 0) || 0)]! : null;
}

const held = new WeakMap<Scene, Map<string, number[]>>();

function between(scene: Scene): Map<string, number[]> {
  let found = held.get(scene);
  if (!found) {
    found = new Map();
    for (const [i, path] of scene.paths.entries()) {
      const key = `${path.from}>${path.to}`;
      const rows = found.get(key);
      if (rows) rows.push(i);
      else found.set(key, [i]);
    }
    for (const rows of found.values()) rows.sort(ranking(scene));
    held.set(scene, found);
  }
  return found;
}

function ranking(scene: Scene): (a: number, b: number) => number {
  const best = (path: Path) => path.best ?? -Infinity;
  return (a, b) => {
    const [x, y] = [scene.paths[a]!, scene.paths[b]!];
    return Number(y.certain) - Number(x.certain) || x.hops.length - y.hops.length || (best(x) === best(y) ? a - b : best(x) < best(y) ? -1 : 1);
  };
}

/** Give who can stand at either end of a path, by name: whoever gave, whoever received. */
export function ends(scene: Scene, lang: Lang): { givers: number[]; receivers: number[] } {
  const givers = new Set<number>(scene.paths.map((path) => path.from));
  const receivers = new Set<number>(scene.paths.map((path) => path.to));
  for (const { giver, receiver } of scene.transfers) {
    if (giver !== null) givers.add(giver);
    if (receiver !== null) receivers.add(receiver);
  }
  const compare = order(lang);
  const name = (i: number) => fullName(scene.things[i]!, lang);
  const sorted = (places: Set<number>) => [...places].sort((a, b) => compare(name(a), name(b)) || a - b);
  return { givers: sorted(givers), receivers: sorted(receivers) };
}
