/** To which state each thing belongs, and how what goes from state to state is counted and shaded. */
import type { Scene, Transfer } from "../scene.ts";
import { NONE } from "../shown.ts";

/** Give the country that a thing belongs to by code, a member state or not, or `NONE`. */
export function homeOf(scene: Scene, place: number): string {
  const thing = scene.things[place]!;
  return thing.state ?? (thing.country && codes(scene).has(thing.country) ? thing.country : NONE);
}

/** Give the `at` of the state that chooses what goes from one state to another. */
export const atStates = (from: string, to: string): string => `states:${from}>${to}`;

export interface Tally {
  /** How many different transfers there are of each outcome. */
  proven: number;
  possible: number;
  leftOut: number;
}

/** Count transfers by outcome. One with several receivers has a row for each, and counts once. */
export function tally(transfers: Iterable<Transfer>): Tally {
  const outcomes = new Map<string, Transfer["outcome"]>();
  const better = { proven: 2, possible: 1, left_out: 0 };
  for (const { id, outcome } of transfers) {
    const known = outcomes.get(id);
    if (!known || better[outcome] > better[known]) outcomes.set(id, outcome);
  }
  const all = [...outcomes.values()];
  const of = (outcome: Transfer["outcome"]) => all.filter((one) => one === outcome).length;
  return { proven: of("proven"), possible: of("possible"), leftOut: of("left_out") };
}

/** From so many transfers on, this shade; dark text has a contrast above 5 : 1 on each. */
export const SHADES = [
  { least: 1, colour: "#e4eff8" }, { least: 2, colour: "#cbe0f1" }, { least: 4, colour: "#abcde7" },
  { least: 8, colour: "#86b6dc" }, { least: 16, colour: "#5f9dcc" },
] as const;

/** Give the shade of a number of transfers; none where nothing is known. */
export const shadeOf = (n: number): string | null => SHADES.findLast((shade) => n >= shade.least)?.colour ?? null;

/** Give which numbers each shade stands for: 1, 2–3, 4–7, 8–15, 16 or more. */
export const shadeRanges = (): { colour: string; text: string }[] =>
  SHADES.map(({ least, colour }, i) => {
    const after = SHADES[i + 1];
    return { colour, text: !after ? `≥ ${least}` : after.least - 1 === least ? `${least}` : `${least}–${after.least - 1}` };
  });

const held = new WeakMap<Scene, Set<string>>();
function codes(scene: Scene): Set<string> {
  let found = held.get(scene);
  if (!found) held.set(scene, (found = new Set(scene.frame.countries.map((country) => country.code))));
  return found;
}
