/** What is drawn: the scene without what the legend hides and what lies outside the years. */
import { firstOf } from "./days.ts";
import type { Scene, Thing, Transfer } from "./scene.ts";
import { FACETS, type Facet, type State } from "./state.ts";

/** The value of a facet that is not known. */
export const NONE = "-";

export interface Shown {
  /** Places in `scene.transfers` that are drawn, in the order of the scene. */
  transfers: number[];
  /** Places in `scene.things` that are an end of one of those, of an adoption, or chosen. */
  things: Set<number>;
  adoptions: number[];
  memberships: number[];
  inferred: number[];
  paths: number[];
  /** Places in `scene.things` whose own class, level or country is hidden. */
  hidden: Set<number>;
  /** Left out for want of a date, because the years are narrowed. */
  undated: number;
  /** How many transfers each value of each facet has, whether hidden or not. */
  counts: Record<Facet, Map<string, number>>;
  /** Whether anything is hidden or narrowed. */
  narrowed: boolean;
}

/** Give the values that a transfer has of a facet. */
export function values(scene: Scene, transfer: Transfer, facet: Facet): string[] {
  const ends = [transfer.giver, transfer.receiver].flatMap((i) => (i === null ? [] : [scene.things[i]!]));
  const of = (get: (thing: Thing) => string | null) => [...new Set(ends.map((thing) => get(thing) ?? NONE))];
  switch (facet) {
    case "class": return of((thing) => scene.frame.classes[thing.look]!.id);
    case "level": return of((thing) => thing.level);
    case "country": return of((thing) => thing.country);
    case "theme": return themesOf(scene, transfer.practice);
    case "outcome": return [transfer.outcome];
    default: return [transfer[facet] ?? NONE];
  }
}

function themesOf(scene: Scene, practice: number | null): string[] {
  const themes = practice === null ? [] : (scene.things[practice]!.themes ?? []);
  return themes.length ? themes : [NONE];
}

/** Tell whether something can have been going on between two years. */
export function within(first: number | null, last: number | null, years: [number, number]): boolean {
  return (first ?? -Infinity) < firstOf(years[1] + 1) && (last ?? Infinity) >= firstOf(years[0]);
}

/**
 * Give what is drawn. A value of a facet that is hidden hides every transfer that has it, every
 * adoption, and by its theme or ends every inferred tie. Who hides all outcomes hides adoptions, too.
 */
export function shown(scene: Scene, state: State): Shown {
  const counts = Object.fromEntries(FACETS.map((f) => [f, new Map<string, number>()])) as Shown["counts"];
  const transfers: number[] = [];
  const undated = new Set<string>();
  // A transfer to several receivers is several records, and counts once.
  const counted = new Set<string>();
  scene.transfers.forEach((transfer, i) => {
    let visible = true;
    for (const facet of FACETS) {
      for (const value of values(scene, transfer, facet)) {
        const once = `${facet} ${value} ${transfer.iri}`;
        if (!counted.has(once)) counts[facet].set(value, (counts[facet].get(value) ?? 0) + 1);
        counted.add(once);
        if (state.hidden[facet]?.includes(value)) visible = false;
      }
    }
    if (!visible) return;
    if (state.years && !transfer.dated) undated.add(transfer.iri);
    else if (!state.years || within(transfer.days[0], transfer.days[3], state.years)) transfers.push(i);
  });
  const inYears = (first: number | null, last: number | null, dated = true) =>
    !state.years || (dated && within(first, last, state.years));
  const places = <T>(list: T[], test: (item: T) => boolean) => list.flatMap((item, i) => (test(item) ? [i] : []));
  const hidden = new Set(places(scene.things, (thing) => hiddenThing(scene, thing, state)));
  const hides = (i: number) => hidden.has(i);
  const has = (facet: Facet, values: readonly string[]) => values.some((value) => state.hidden[facet]?.includes(value));
  const bare = counts.outcome.size > 0 && [...counts.outcome.keys()].every((outcome) => state.hidden.outcome?.includes(outcome));
  const adoptions = places(
    scene.adoptions,
    (a) => !bare && inYears(a.first, a.last) && !hides(a.actor) && !has("theme", themesOf(scene, a.practice)) && !has("status", [a.status]) && !has("certainty", [a.certainty ?? NONE]),
  );
  const memberships = places(scene.memberships, (m) => inYears(m.days[0], m.days[3], m.dated) && !hides(m.actor));
  const inferred = places(scene.inferred, (x) => inYears(x.first, x.last) && !hides(x.giver) && !hides(x.receiver) && !has("theme", themesOf(scene, x.practice)));
  const kept = new Set(transfers);
  const paths = places(scene.paths, (path) => path.hops.every((hop) => kept.has(hop)));
  const things = new Set<number>();
  for (const i of transfers) {
    const { giver, receiver } = scene.transfers[i]!;
    if (giver !== null) things.add(giver);
    if (receiver !== null) things.add(receiver);
  }
  for (const i of adoptions) things.add(scene.adoptions[i]!.actor);
  const narrowed = state.years !== null || Object.values(state.hidden).some((list) => list.length > 0);
  return { transfers, things, adoptions, memberships, inferred, paths, hidden, undated: undated.size, counts, narrowed };
}

function hiddenThing(scene: Scene, thing: Thing, state: State): boolean {
  const hidden = state.hidden;
  return (
    (hidden.class?.includes(scene.frame.classes[thing.look]!.id) ?? false) ||
    (hidden.level?.includes(thing.level ?? NONE) ?? false) ||
    (hidden.country?.includes(thing.country ?? NONE) ?? false)
  );
}
