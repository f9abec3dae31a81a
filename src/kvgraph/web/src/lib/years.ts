/** The years of a scene, how many transfers each can have, and how they are replayed. */
import { yearOf } from "./days.ts";
import type { Scene } from "./scene.ts";

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

/** How many transfers each year of a range has, by when they began. */
export function beginnings(scene: Scene, transfers: readonly number[], [first, last]: [number, number]): Year[] {
  const years = Array.from({ length: last - first + 1 }, (_, i): Year => ({ year: first + i, certain: 0, possible: 0 }));
  for (const i of transfers) {
    const { days, dated, earliest, latest } = scene.transfers[i]!;
    if (!dated) continue;
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

/** Count what has begun by the end of a year: certainly, or perhaps. */
export function begun(scene: Scene, transfers: readonly number[], year: number): { certain: number; possible: number } {
  let [certain, possible] = [0, 0];
  for (const i of transfers) {
    const { days, dated, earliest } = scene.transfers[i]!;
    if (!dated) continue;
    if (days[1] !== null && yearOf(days[1]) <= year) certain += 1;
    else {
      const first = days[0] ?? earliest;
      if (first === null || yearOf(first) <= year) possible += 1;
    }
  }
  return { certain, possible };
}

/** Give the years after one thumb was moved: the other gives way rather than cross. */
export function moved(years: readonly [number, number], thumb: 0 | 1, to: number): [number, number] {
  return thumb === 0 ? [to, Math.max(to, years[1])] : [Math.min(to, years[0]), to];
}

/** Give what the state keeps: nothing where all years are shown. */
export function kept(years: [number, number], range: [number, number]): [number, number] | null {
  return years[0] <= range[0] && years[1] >= range[1] ? null : years;
}
