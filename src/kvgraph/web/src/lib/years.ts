/** The years of a scene, how many transfers each can have, and how they are replayed. */
import { yearOf } from "./days.ts";
import type { Day, Scene, Transfer } from "./scene.ts";

export interface Year {
  year: number;
  /** Transfers that certainly began in it, and those for which it is one of several years. */
  certain: number;
  possible: number;
}

/** Give the first and the last year of what is in the scene; nothing where no day is known. */
export function rangeOf(scene: Scene): [number, number] | null {
  let [least, most] = [Infinity, -Infinity];
  const see = (day: number | null) => {
    if (day === null) return;
    least = Math.min(least, day);
    most = Math.max(most, day);
  };
  for (const transfer of scene.transfers) transfer.days.forEach(see);
  for (const adoption of scene.adoptions) [adoption.first, adoption.last].forEach(see);
  return least === Infinity ? null : [yearOf(least), yearOf(most)];
}

/** How many transfers each year of a range has, by when they began: each once, and none that is left out. */
export function beginnings(scene: Scene, transfers: readonly number[], [first, last]: [number, number]): Year[] {
  const years = Array.from({ length: last - first + 1 }, (_, i): Year => ({ year: first + i, certain: 0, possible: 0 }));
  for (const transfer of once(scene, transfers)) {
    const { days, earliest, latest } = transfer;
    const from = yearOf(days[0] ?? earliest ?? days[1] ?? days[2] ?? days[3]!);
    const until = Math.max(from, yearOf(days[1] ?? days[3] ?? latest ?? days[2] ?? days[0]!));
    const sure = days[0] !== null && days[1] !== null && from === until;
    for (let year = Math.max(from, first); year <= Math.min(until, last); year++) {
      if (sure) years[year - first]!.certain += 1;
      else years[year - first]!.possible += 1;
    }
  }
  return years;
}

/** Give the dated transfers of a list that count: one to several receivers once, none that is left out. */
function once(scene: Scene, transfers: readonly number[]): Transfer[] {
  const found = new Map<string, Transfer>();
  for (const i of transfers) {
    const transfer = scene.transfers[i]!;
    if (transfer.dated && transfer.outcome !== "left_out" && !found.has(transfer.iri)) found.set(transfer.iri, transfer);
  }
  return [...found.values()];
}

/** Give the first day on which a transfer can have begun, and the one by which it had for certain. */
export function beginOf(transfer: Transfer): readonly [first: Day, sure: Day] {
  const { days, earliest, latest, outcome } = transfer;
  // What had ended had begun; so had what is proven, by the day that reach reads for it.
  const bounds = [days[1], days[3], outcome === "proven" ? latest : null].filter((day) => day !== null);
  return [days[0] ?? earliest, bounds.length ? Math.min(...bounds) : null];
}

export interface Begun {
  /** Transfers that may have begun, and those of them whose date says so for certain. */
  n: number;
  sure: number;
  /** The same transfers by outcome: the date is one thing, the proof another. */
  proven: number;
  open: number;
}

/** Count what may have begun by the end of a year. */
export function begun(scene: Scene, transfers: readonly number[], year: number): Begun {
  const found: Begun = { n: 0, sure: 0, proven: 0, open: 0 };
  for (const transfer of once(scene, transfers)) {
    const [first, sure] = beginOf(transfer);
    const certain = sure !== null && yearOf(sure) <= year;
    if (!certain && first !== null && yearOf(first) > year) continue;
    found.n += 1;
    if (certain) found.sure += 1;
    if (transfer.outcome === "proven") found.proven += 1;
    else found.open += 1;
  }
  return found;
}

/** Give the years after one thumb was moved: the other gives way rather than cross. */
export function moved(years: readonly [number, number], thumb: 0 | 1, to: number): [number, number] {
  return thumb === 0 ? [to, Math.max(to, years[1])] : [Math.min(to, years[0]), to];
}

/** Give what the state keeps: nothing where all years are shown. */
export function kept(years: [number, number], range: [number, number]): [number, number] | null {
  return years[0] <= range[0] && years[1] >= range[1] ? null : years;
}
