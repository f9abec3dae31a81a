/** The matrix of networks: from which states their members came, and in which years. */
import { yearOf } from "../days.ts";
import type { Days, Membership, Scene } from "../scene.ts";
import { NONE, type Shown } from "../shown.ts";
import { homeOf } from "./homes.ts";

/** Years in which somebody was a member: certainly, or only possibly. */
export interface Span {
  first: number;
  last: number;
  certain: boolean;
}

export interface Seats {
  network: number;
  code: string;
  /** Places in `scene.memberships`. */
  memberships: number[];
  /** Different members, and how many of them without any date. */
  members: number;
  undated: number;
  /** Runs of years, certain and only possible ones in turn, first to last. */
  spans: Span[];
}

export interface NetworkMatrix {
  /** Places in `scene.things`. */
  networks: number[];
  codes: string[];
  cells: Map<string, Seats>;
  /** Different members of each network and of each state. */
  ofNetwork: Map<number, number>;
  ofCode: Map<string, number>;
  /** Different members altogether. */
  all: number;
  /** The years of the bars. */
  window: [number, number];
  /** Memberships without a date that are left out because the years are narrowed. */
  leftOut: number;
}

export const NETWORK_SORTS = ["name", "members", "begun"] as const;
export type NetworkSort = (typeof NETWORK_SORTS)[number];

export const seatKey = (network: number, code: string): string => `${network}>${code}`;

/** Give the years in which a membership is certain and in which it is possible, within a window.
 *
 * Certain is every year from the latest begin to the earliest end, and a year in which the begin
 * or the end must lie. A side that is not known makes nothing certain.
 */
export function yearsOf(days: Days, window: [number, number]): { possible: [number, number] | null; certain: Set<number> } {
  const [begin, begun, ends, ended] = days.map((day) => (day === null ? null : yearOf(day))) as [number | null, number | null, number | null, number | null];
  const first = Math.max(begin ?? window[0], window[0]), last = Math.min(ended ?? window[1], window[1]);
  const certain = new Set<number>();
  const add = (from: number, until: number) => {
    for (let year = Math.max(from, window[0]); year <= Math.min(until, window[1]); year++) certain.add(year);
  };
  if (begun !== null && ends !== null && begun <= ends) add(begun, ends);
  if (begin !== null && begin === begun) add(begin, begin);
  if (ends !== null && ends === ended) add(ends, ends);
  return { possible: first <= last ? [first, last] : null, certain };
}

/** Put the years of several memberships together as runs, certain and only possible ones in turn. */
export function spansOf(all: readonly Days[], window: [number, number]): Span[] {
  const possible = new Set<number>(), certain = new Set<number>();
  for (const days of all) {
    const found = yearsOf(days, window);
    for (let year = found.possible?.[0] ?? 1; year <= (found.possible?.[1] ?? 0); year++) possible.add(year);
    for (const year of found.certain) certain.add(year);
  }
  const spans: Span[] = [];
  for (const year of [...new Set([...possible, ...certain])].sort((a, b) => a - b)) {
    const before = spans.at(-1);
    if (before && before.last === year - 1 && before.certain === certain.has(year)) before.last = year;
    else spans.push({ first: year, last: year, certain: certain.has(year) });
  }
  return spans;
}

/** Count the members of networks that are shown, by state. */
export function networkMatrix(scene: Scene, shown: Shown, years: [number, number] | null): NetworkMatrix {
  const seat = (i: number) => scene.memberships[i]!;
  const isNetwork = (i: number) => scene.things[seat(i).body]!.kind === "network";
  const drawn = shown.memberships.filter(isNetwork);
  const window = years ?? windowOf(drawn.map(seat));
  const groups = new Map<string, number[]>();
  for (const i of drawn) {
    const key = seatKey(seat(i).body, homeOf(scene, seat(i).actor));
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  const cells = new Map<string, Seats>();
  for (const [key, memberships] of groups) {
    const { body, actor } = seat(memberships[0]!);
    const dated = memberships.filter((i) => seat(i).dated);
    const known = new Set(dated.map((i) => seat(i).actor));
    const members = new Set(memberships.map((i) => seat(i).actor));
    cells.set(key, {
      network: body, code: homeOf(scene, actor), memberships, members: members.size, undated: members.size - known.size,
      spans: spansOf(dated.map((i) => seat(i).days), window),
    });
  }
  const networks = [...new Set(drawn.map((i) => seat(i).body))].sort((a, b) => a - b);
  const used = new Set([...cells.values()].map((cell) => cell.code));
  const countries = [...scene.frame.countries].sort((a, b) => (a.code < b.code ? -1 : 1));
  const codes = [...countries.filter((one) => one.member), ...countries.filter((one) => !one.member && used.has(one.code))].map((one) => one.code);
  codes.push(...[...used].filter((code) => code !== NONE && !codes.includes(code)).sort());
  if (used.has(NONE)) codes.push(NONE);
  const different = (test: (i: number) => boolean) => new Set(drawn.filter(test).map((i) => seat(i).actor)).size;
  return {
    networks, codes, cells, window, all: different(() => true),
    ofNetwork: new Map(networks.map((network) => [network, different((i) => seat(i).body === network)])),
    ofCode: new Map([...used].map((code) => [code, different((i) => homeOf(scene, seat(i).actor) === code)])),
    leftOut: years ? scene.memberships.filter((one) => !one.dated && scene.things[one.body]!.kind === "network").length : 0,
  };
}

/** Give networks in an order: by name, by how many members, or by when the first one joined. */
export function sortedNetworks(matrix: NetworkMatrix, sort: NetworkSort, nameOf: (network: number) => string, compare: (a: string, b: string) => number): number[] {
  const byName = (a: number, b: number) => compare(nameOf(a), nameOf(b));
  const first = new Map<number, number>();
  for (const { network, spans } of matrix.cells.values()) if (spans[0]) first.set(network, Math.min(first.get(network) ?? Infinity, spans[0].first));
  const orders = {
    name: byName,
    members: (a: number, b: number) => matrix.ofNetwork.get(b)! - matrix.ofNetwork.get(a)! || byName(a, b),
    // What has no date at all stands last.
    begun: (a: number, b: number) => (first.get(a) ?? 9999) - (first.get(b) ?? 9999) || byName(a, b),
  };
  return [...matrix.networks].sort(orders[sort]);
}

function windowOf(memberships: Membership[]): [number, number] {
  const years = memberships.flatMap((one) => one.days).flatMap((day) => (day === null ? [] : [yearOf(day)]));
  return years.length ? [Math.min(...years), Math.max(...years)] : [0, 0];
}
