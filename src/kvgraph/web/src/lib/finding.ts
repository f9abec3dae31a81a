/** Find and name what a scene holds. */
import type { Scene, Source, Thing } from "./scene.ts";
import type { Lang } from "./state.ts";
import { told } from "./words.ts";

/** Give the place of a thing by kind and id (`actor/es-barcelona`), or -1. */
export function placeOf(scene: Scene, kind: string, id: string): number {
  return index(scene).things.get(`${kind}/${id}`) ?? -1;
}

/** Give the place of a thing by its id alone, actors first, or -1. */
export function byId(scene: Scene, id: string): number {
  return index(scene).ids.get(id) ?? -1;
}

/** Give the place of a transfer by id, or -1. */
export function transferOf(scene: Scene, id: string): number {
  return index(scene).transfers.get(id) ?? -1;
}

/** Give what a thing is called, or the words for one that is not recorded. */
export function nameOf(scene: Scene, place: number | null, lang: Lang, unknown: string): string {
  return place === null ? unknown : told(scene.things[place]!.label, lang);
}

/** Give a thing's name with its country: Amadora (PT). */
export function fullName(thing: Thing, lang: Lang): string {
  const name = told(thing.label, lang);
  return thing.country && thing.country !== thing.label ? `${name} (${thing.country})` : name;
}

/** Give what an `at` of the state chooses: its kind and the rest. */
export function chosen(at: string): { what: string; id: string } {
  const cut = at.indexOf(":");
  return cut < 0 ? { what: "", id: "" } : { what: at.slice(0, cut), id: at.slice(cut + 1) };
}

/** Give what chooses a thing: the `at` of the state. */
export const atThing = (thing: Thing): string => `thing:${thing.kind}/${thing.id}`;

/** Give sources by their places, each once. */
export const sourcesOf = (scene: Scene, places: readonly number[]): Source[] =>
  [...new Set(places)].map((i) => scene.sources[i]!);

interface Index {
  things: Map<string, number>;
  ids: Map<string, number>;
  transfers: Map<string, number>;
}
const held = new WeakMap<Scene, Index>();

function index(scene: Scene): Index {
  let found = held.get(scene);
  if (!found) {
    found = { things: new Map(), ids: new Map(), transfers: new Map() };
    for (const actors of [true, false]) {
      scene.things.forEach((thing, i) => {
        found!.things.set(`${thing.kind}/${thing.id}`, i);
        if ((thing.kind === "actor") === actors && !found!.ids.has(thing.id)) found!.ids.set(thing.id, i);
      });
    }
    scene.transfers.forEach((transfer, i) => found!.transfers.set(transfer.id, i));
    held.set(scene, found);
  }
  return found;
}
