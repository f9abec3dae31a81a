/** What lies at what is chosen: what came in and went out, what lies between two states. */
import { chosen, placeOf, transferOf } from "../finding.ts";
import type { Scene } from "../scene.ts";

/** What an `at` of the state chooses in a scene; `none` where it chooses nothing, `lost` where the scene does not hold it. */
export type Chosen =
  | { what: "none" | "lost" }
  | { what: "transfer" | "thing" | "membership" | "adoption" | "source"; place: number }
  | { what: "states"; giver: string; receiver: string };

/** Give what is chosen. */
export function choice(scene: Scene, at: string): Chosen {
  if (!at) return { what: "none" };
  const { what, id } = chosen(at);
  if (what === "states") {
    const cut = id.indexOf(">");
    return cut < 0 ? { what: "lost" } : { what, giver: id.slice(0, cut), receiver: id.slice(cut + 1) };
  }
  const cut = id.indexOf("/");
  const place =
    what === "transfer" ? transferOf(scene, id)
    : what === "thing" ? placeOf(scene, id.slice(0, cut), id.slice(cut + 1))
    : what === "membership" ? scene.memberships.findIndex((one) => one.id === id)
    : what === "adoption" ? scene.adoptions.findIndex((one) => one.id === id)
    : what === "source" ? scene.sources.findIndex((one) => one.id === id)
    : -1;
  return place < 0 ? { what: "lost" } : { what: what as "thing", place };
}

export interface Touching {
  /** Transfers in which it received, gave; that were of it (a practice), or went through it. */
  received: number[];
  given: number[];
  of: number[];
  through: number[];
  adoptions: number[];
  /** Its seats, and the seats in it. */
  seats: number[];
  members: number[];
}

/** Give what touches a thing, in the order of the scene. */
export function touching(scene: Scene, thing: number): Touching {
  const places = <T>(list: readonly T[], test: (one: T) => boolean) => list.flatMap((one, i) => (test(one) ? [i] : []));
  return {
    received: places(scene.transfers, (one) => one.receiver === thing),
    given: places(scene.transfers, (one) => one.giver === thing),
    of: places(scene.transfers, (one) => one.practice === thing),
    through: places(scene.transfers, (one) => one.via.includes(thing)),
    adoptions: places(scene.adoptions, (one) => one.actor === thing || one.practice === thing),
    seats: places(scene.memberships, (one) => one.actor === thing),
    members: places(scene.memberships, (one) => one.body === thing),
  };
}

/** Give all rows of a transfer: one to several receivers stands once for each. */
export const rowsOfTransfer = (scene: Scene, place: number): number[] =>
  scene.transfers.flatMap((one, i) => (one.id === scene.transfers[place]!.id ? [i] : []));

/** Give the transfers that rest on a source. */
export const restingOn = (scene: Scene, source: number): number[] =>
  scene.transfers.flatMap((one, i) => (one.sources.includes(source) ? [i] : []));

/** Give the transfers from one state to another; `-` stands for none. */
export function betweenStates(scene: Scene, giver: string, receiver: string): number[] {
  const state = (i: number | null) => (i === null ? "-" : (scene.things[i]!.state ?? "-"));
  return scene.transfers.flatMap((one, i) => (state(one.giver) === giver && state(one.receiver) === receiver ? [i] : []));
}

/** Give what went on from a network, project or event: the hops after those that went through it. */
export function followed(scene: Scene, thing: number): { path: number; hops: number[] }[] {
  const seen = new Set<number>();
  const rows: { path: number; hops: number[] }[] = [];
  scene.paths.forEach((path, i) => {
    const at = path.hops.findIndex((hop) => scene.transfers[hop]!.via.includes(thing));
    const hops = at < 0 ? [] : path.hops.slice(at + 1).filter((hop) => !seen.has(hop) && !scene.transfers[hop]!.via.includes(thing));
    for (const hop of hops) seen.add(hop);
    if (hops.length) rows.push({ path: i, hops });
  });
  return rows;
}
