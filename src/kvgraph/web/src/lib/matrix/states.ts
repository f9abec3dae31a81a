/** The matrix of states: which gave how much to which, and where nothing is known. */
import type { Scene } from "../scene.ts";
import { NONE, type Shown } from "../shown.ts";
import { homeOf, tally, type Tally } from "./homes.ts";

export interface Cell extends Tally {
  from: string;
  to: string;
  /** Places in `scene.transfers` of what is proven or possible. */
  transfers: number[];
  /** Proven and possible together. */
  n: number;
}

export interface StateMatrix {
  /** Codes in the order of rows and columns; what belongs to no state is `NONE` and stands last. */
  codes: string[];
  cells: Map<string, Cell>;
  /** Different transfers given and received by each, each transfer once; absent where none. */
  given: Map<string, number>;
  received: Map<string, number>;
  all: number;
  /** Different transfers that stand in no cell: left out of reach, or an end is not recorded. */
  leftOut: number;
  endless: number;
  /** Whether a transfer stands in more than one cell. */
  several: boolean;
}

export const SORTS = ["code", "name", "given", "received"] as const;
export type Sort = (typeof SORTS)[number];

export const cellKey = (from: string, to: string): string => `${from}>${to}`;

/** Count what is shown from state to state. What takes no part in reach is in no cell. */
export function stateMatrix(scene: Scene, shown: Shown): StateMatrix {
  const between = new Map<string, { from: string; to: string; places: number[] }>();
  const outside: number[] = [];
  const endless = new Set<string>();
  for (const i of shown.transfers) {
    const { id, giver, receiver, outcome } = scene.transfers[i]!;
    if (outcome === "left_out") {
      outside.push(i);
      continue;
    }
    if (giver === null || receiver === null) {
      endless.add(id);
      continue;
    }
    const from = homeOf(scene, giver), to = homeOf(scene, receiver);
    const key = cellKey(from, to);
    const found = between.get(key) ?? { from, to, places: [] };
    found.places.push(i);
    between.set(key, found);
  }
  const cells = new Map<string, Cell>();
  const gave = new Map<string, Set<string>>(), got = new Map<string, Set<string>>();
  const counted = new Set<string>();
  let standing = 0;
  for (const [key, { from, to, places }] of between) {
    const rows = places.map((i) => scene.transfers[i]!);
    const counts = tally(rows);
    cells.set(key, { from, to, transfers: places, ...counts, n: counts.proven + counts.possible });
    standing += counts.proven + counts.possible;
    for (const { id } of rows) {
      counted.add(id);
      put(gave, from, id);
      put(got, to, id);
    }
  }
  const left = new Set(outside.map((i) => scene.transfers[i]!.id).filter((id) => !counted.has(id)));
  const used = new Set([...gave.keys(), ...got.keys()]);
  const countries = [...scene.frame.countries].sort((a, b) => (a.code < b.code ? -1 : 1));
  const codes = [
    ...countries.filter((country) => country.member),
    ...countries.filter((country) => !country.member && used.has(country.code)),
  ].map((country) => country.code);
  // A state that the frame does not name still has its row: no number may be lost.
  codes.push(...[...used].filter((code) => code !== NONE && !codes.includes(code)).sort());
  if (used.has(NONE)) codes.push(NONE);
  return {
    codes, cells, given: sizes(gave), received: sizes(got), all: counted.size, leftOut: left.size,
    endless: [...endless].filter((id) => !counted.has(id)).length, several: standing > counted.size,
  };
}

/** Give the codes of a matrix in another order; what belongs to no state stays last. */
export function sorted(matrix: StateMatrix, sort: Sort, nameOf: (code: string) => string, compare: (a: string, b: string) => number): string[] {
  if (sort === "code") return matrix.codes;
  const states = matrix.codes.filter((code) => code !== NONE);
  const byName = (a: string, b: string) => compare(nameOf(a), nameOf(b));
  const counts = sort === "given" ? matrix.given : matrix.received;
  states.sort(sort === "name" ? byName : (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || byName(a, b));
  return matrix.codes.includes(NONE) ? [...states, NONE] : states;
}

function put(sets: Map<string, Set<string>>, key: string, id: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(id));
}

const sizes = (sets: Map<string, Set<string>>): Map<string, number> => new Map([...sets].map(([key, ids]) => [key, ids.size]));
