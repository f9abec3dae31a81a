/** Which rows stand in which lane, and in what order: the same scene always gives the same. */
import type { Day, Scene } from "../scene.ts";
import { order, told } from "../words.ts";

/** The row of a receiver that is not recorded; it stands for no thing. */
export const NOBODY = -1;
/** The lane of those whose level is not known. */
export const UNKNOWN = "";

export interface Lane {
  /** A code of `frame.codes.level`, or `UNKNOWN`. */
  level: string;
  /** Places in `scene.things`, or `NOBODY`. */
  rows: number[];
}

/** Rounds of sweeping: more change little, and the number is fixed so that the picture is. */
const ROUNDS = 8;

/** A tie of the picture that is to be short: two rows, and the day at which it begins. */
interface Tie {
  a: number;
  b: number;
  day: number;
}

/**
 * Give the lanes with all rows that a scene can have, whatever the legend hides: so that hiding
 * moves nothing about. What belongs together stands together, by first arrival; then rows are
 * drawn to the middle of those they are tied to, and the order with the shortest lines is kept.
 */
export function lanesOf(scene: Scene): Lane[] {
  const first = new Map<number, number>();
  const ties: Tie[] = [];
  const seen = (row: number, day: Day) => first.set(row, Math.min(first.get(row) ?? Infinity, day ?? Infinity));
  for (const transfer of scene.transfers) {
    const day = known(transfer.days) ?? transfer.earliest;
    const receiver = transfer.receiver ?? NOBODY;
    seen(receiver, transfer.dated ? day : null);
    if (transfer.giver === null) continue;
    seen(transfer.giver, transfer.dated ? day : null);
    if (transfer.giver !== receiver) ties.push({ a: transfer.giver, b: receiver, day: day ?? Infinity });
  }
  for (const adoption of scene.adoptions) seen(adoption.actor, adoption.first ?? adoption.last);
  for (const { actor, first: day } of originsOf(scene)) seen(actor, day);
  for (const tie of scene.inferred) {
    seen(tie.giver, null);
    seen(tie.receiver, null);
  }
  const labels = new Map<number, string>();
  for (const row of first.keys()) labels.set(row, row === NOBODY ? "" : told(scene.things[row]!.label, "en"));
  const compare = order("en");
  const plain = (a: number, b: number) => (a === b ? 0 : compare(labels.get(a)!, labels.get(b)!) || a - b);
  const byArrival = (a: number, b: number) => {
    const [x, y] = [first.get(a)!, first.get(b)!];
    return x === y ? plain(a, b) : x - y;
  };
  const family = families([...first.keys()].sort(byArrival), ties);
  const start = [...first.keys()].sort((a, b) => family.get(a)! - family.get(b)! || byArrival(a, b));
  const lanes: Lane[] = [...scene.frame.codes.level.map((code) => code.id), UNKNOWN].map((level) => ({ level, rows: [] }));
  const at = new Map(lanes.map((lane) => [lane.level, lane]));
  for (const row of start) {
    const level = row === NOBODY ? UNKNOWN : (scene.things[row]!.level ?? UNKNOWN);
    (at.get(level) ?? at.get(UNKNOWN)!).rows.push(row);
  }
  return shortened(lanes, ties);
}

/** An actor with which a practice that is passed on here began. */
export interface Origin {
  practice: number;
  actor: number;
  first: Day;
  last: Day;
}

/** Give where the practices of the transfers and adoptions began, each once. */
export function originsOf(scene: Scene): Origin[] {
  const practices = new Set<number>();
  for (const { practice } of [...scene.transfers, ...scene.adoptions]) if (practice !== null) practices.add(practice);
  return [...practices].sort((a, b) => a - b).flatMap((practice) => {
    const origin = scene.things[practice]!.origin;
    return (origin?.actors ?? []).map((actor) => ({ practice, actor, first: origin!.first, last: origin!.last }));
  });
}

/** Give the first of the days that is known. */
function known(days: readonly Day[]): Day {
  const found = days.filter((day) => day !== null);
  return found.length ? Math.min(...found) : null;
}

/** Give to each row the number of the family it is tied into, in the order in which they begin. */
function families(rows: number[], ties: Tie[]): Map<number, number> {
  const parent = new Map(rows.map((row) => [row, row]));
  const root = (row: number): number => {
    let found = row;
    while (parent.get(found)! !== found) found = parent.get(found)!;
    for (let step = row; step !== found; ) {
      const next = parent.get(step)!;
      parent.set(step, found);
      step = next;
    }
    return found;
  };
  for (const { a, b } of ties) parent.set(root(a), root(b));
  const numbers = new Map<number, number>();
  return new Map(rows.map((row) => {
    const top = root(row);
    if (!numbers.has(top)) numbers.set(top, numbers.size);
    return [row, numbers.get(top)!];
  }));
}

/** Sweep rows towards the middle of those they are tied to, and keep the shortest that was seen. */
function shortened(lanes: Lane[], ties: Tie[]): Lane[] {
  const tied = new Map<number, number[]>();
  for (const { a, b } of ties) {
    for (const [row, other] of [[a, b], [b, a]] as const) {
      const list = tied.get(row);
      if (list) list.push(other);
      else tied.set(row, [other]);
    }
  }
  let now = lanes.map((lane) => [...lane.rows]);
  let best = now;
  let shortest = length(now, ties);
  for (let round = 0; round < ROUNDS; round++) {
    now = now.map((rows) => [...rows]);
    let at = places(now);
    for (const i of round % 2 ? now.keys() : [...now.keys()].reverse()) {
      const rows = now[i]!;
      const middles = new Map(rows.map((row) => {
        const others = tied.get(row);
        const own = at.get(row)!;
        // Half the way only: else all receivers of one giver would pass it, and it them, for ever.
        return [row, others ? (own + others.reduce((sum, other) => sum + at.get(other)!, 0) / others.length) / 2 : own];
      }));
      // Where the middle is the same, what stood first stays first: by arrival, then by label.
      now[i] = rows.map((row, k) => ({ row, k })).sort((a, b) => middles.get(a.row)! - middles.get(b.row)! || a.k - b.k).map(({ row }) => row);
      at = places(now);
    }
    const found = length(now, ties);
    if (found < shortest) [best, shortest] = [now, found];
  }
  return lanes.map((lane, i) => ({ level: lane.level, rows: best[i]! }));
}

/** What a lane's heading adds to the distance between two rows. */
const HEADING = 2;

function places(lanes: number[][]): Map<number, number> {
  const found = new Map<number, number>();
  let y = 0;
  for (const rows of lanes) {
    for (const row of rows) found.set(row, y++);
    y += HEADING;
  }
  return found;
}

/** Give how long all ties are together, in rows. */
export function length(lanes: number[][], ties: readonly { a: number; b: number }[]): number {
  const at = places(lanes);
  return ties.reduce((sum, { a, b }) => sum + Math.abs(at.get(a)! - at.get(b)!), 0);
}
