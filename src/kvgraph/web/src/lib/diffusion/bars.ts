/** What stands on the rows: a bar for every transfer, adoption and origin, with what is sure of its time. */
import { lineOf } from "../looks.ts";
import { placeOf } from "../finding.ts";
import type { Day, Scene, Transfer } from "../scene.ts";
import type { Shown } from "../shown.ts";
import { beginOf } from "../years.ts";
import { NOBODY, originsOf } from "./order.ts";

export type Kind = "proven" | "possible" | "planned" | "given_up" | "uncounted" | "adopted" | "origin" | "inferred";

export interface BarLook {
  fill: string;
  stroke: string;
  dash: string;
  /** The colour of what was certainly under way, and of a side that fades. */
  full: string;
}

/** Kinds differ in pattern, outline or sign, never in colour alone; as in `kvgraph view timeline`. */
export const BARS: Record<Kind, BarLook> = {
  proven: { fill: "#a9cfe8", stroke: "#0072B2", dash: "", full: "#0072B2" },
  possible: { fill: "url(#kvd-hatch)", stroke: "#8A5300", dash: "", full: "#c98a3d" },
  planned: { fill: "#ffffff", stroke: "#4D5A66", dash: "1.5 3", full: "#ffffff" },
  given_up: { fill: "#ffffff", stroke: "#9A3B3B", dash: "6 3", full: "#ffffff" },
  uncounted: { fill: "#eceff2", stroke: "#4D5A66", dash: "6 3", full: "#eceff2" },
  adopted: { fill: "#cdeadf", stroke: "#007A5A", dash: "", full: "#007A5A" },
  origin: { fill: "#d9d5ee", stroke: "#5B4FA2", dash: "", full: "#5B4FA2" },
  inferred: { fill: "#ffffff", stroke: "#54606b", dash: "2 2", full: "#ffffff" },
};

export interface Bar {
  /** Its own name: `transfer:t0215`, `adoption:a01`, `origin:PRACTICE>ACTOR`, `inferred:ID`. */
  key: string;
  /** The `at` of the state that chooses it: one transfer to three receivers has three bars. */
  at: string;
  kind: Kind;
  /** Place of the one on whose row it stands, or `NOBODY`. */
  row: number;
  giver: number | null;
  practice: number | null;
  /** Place in the list of the scene that it comes from; for an origin in `originsOf`. */
  index: number;
  /** The first and last day that are known of it; `null` where there is none. */
  known: readonly [number, number] | null;
  /** Where a side is open: the day that bounds it, or `null` where nothing does. */
  open: readonly [before: Day | undefined, after: Day | undefined];
  /** When it was certainly under way. */
  core: readonly [number, number] | null;
  /** Dated stages: by the last day each was reached in any case. */
  ticks: { first: number; last: number; stage: string; number: number }[];
  dotted: boolean;
}

/** Give the bars of what is drawn, in the order of the scene. Inferred ties come only if asked for. */
export function barsOf(scene: Scene, shown: Shown, inferred: boolean): Bar[] {
  const numbers = new Map(scene.frame.codes.stage.map((code, i) => [code.id, i + 1]));
  const bars = shown.transfers.map((i) => transferBar(scene.transfers[i]!, i, numbers));
  const times = new Map<string, number>();
  for (const bar of bars) {
    const before = times.get(bar.at) ?? 0;
    times.set(bar.at, before + 1);
    if (before) bar.key = `${bar.at} ${before + 1}`;
  }
  for (const i of shown.adoptions) {
    const adoption = scene.adoptions[i]!;
    bars.push({
      ...plain("adopted", `adoption:${adoption.id}`, i, adoption.actor, adoption.practice, adoption.first, adoption.last),
      giver: null,
    });
  }
  const practices = new Set(bars.map((bar) => bar.practice));
  originsOf(scene).forEach((origin, i) => {
    if (!practices.has(origin.practice) || shown.hidden.has(origin.actor)) return;
    const key = `origin:${scene.things[origin.practice]!.id}>${scene.things[origin.actor]!.id}`;
    bars.push({ ...plain("origin", key, i, origin.actor, origin.practice, origin.first, origin.last), giver: null });
  });
  if (inferred) {
    for (const i of shown.inferred) {
      const tie = scene.inferred[i]!;
      bars.push({ ...plain("inferred", `inferred:${tie.id}`, i, tie.receiver, tie.practice, tie.first, tie.last), giver: tie.giver });
    }
  }
  return bars;
}

function transferBar(transfer: Transfer, index: number, numbers: Map<string, number>): Bar {
  const [first, begun, ended, last] = transfer.days;
  const days = transfer.days.filter((day) => day !== null);
  const known: [number, number] | null = days.length ? [Math.min(...days), Math.max(...days)] : null;
  const kind = kindOf(transfer);
  const bounded = kind === "proven" || kind === "possible";
  let core: [Day, Day] = kind === "proven" && first !== last ? [begun, ended] : [first, last];
  if (kind !== "proven" || core[0] === null || core[1] === null || core[0] > core[1]) core = [null, null];
  return {
    key: `transfer:${transfer.id}`, at: `transfer:${transfer.id}`, kind, index,
    row: transfer.receiver ?? NOBODY, giver: transfer.giver, practice: transfer.practice,
    known: transfer.dated ? known : null,
    open: known
      ? [
          first !== null ? undefined : bounded && transfer.earliest !== null && transfer.earliest < known[0] ? transfer.earliest : null,
          last !== null ? undefined : bounded && transfer.latest !== null && transfer.latest > known[1] ? transfer.latest : null,
        ]
      : [undefined, undefined],
    core: core[0] === null || core[1] === null ? null : [core[0], core[1]],
    ticks: transfer.attainments.flatMap((stage) => {
      const day = stage.last ?? stage.first;
      return day === null ? [] : [{ first: stage.first ?? day, last: day, stage: stage.stage, number: numbers.get(stage.stage) ?? 0 }];
    }),
    dotted: lineOf(transfer).id === "contradicted",
  };
}

function plain(kind: Kind, key: string, index: number, row: number, practice: number | null, first: Day, last: Day): Omit<Bar, "giver"> {
  const known: [number, number] | null = first === null && last === null ? null : [first ?? last!, last ?? first!];
  return {
    kind, key, at: key, index, row, practice, known, ticks: [], dotted: false,
    open: known ? [first === null ? null : undefined, last === null ? null : undefined] : [undefined, undefined],
    // A year is when it may have been, not how long it took: only a day is certain.
    core: kind !== "inferred" && first !== null && first === last ? [first, first] : null,
  };
}

/** Tell how a transfer's bar is drawn: what takes no part in reach never looks like what does. */
export function kindOf(transfer: Transfer): Kind {
  if (transfer.outcome !== "left_out") return transfer.outcome;
  if (transfer.reason === "abandoned" || transfer.reason === "refused") return "given_up";
  return transfer.reason === "planned" ? "planned" : "uncounted";
}

/** Count bars: one transfer to several receivers has several, and counts once. */
export const countOf = (bars: readonly Bar[]): number => new Set(bars.map((bar) => bar.at)).size;

/** Give the practices that are drawn and were adapted from another that is drawn too. */
export function adaptedOf(scene: Scene, bars: readonly Bar[]): Map<number, number> {
  const drawn = new Set(bars.map((bar) => bar.practice));
  const found = new Map<number, number>();
  for (const practice of drawn) {
    if (practice === null) continue;
    const parent = (scene.things[practice]!.parents ?? []).find((one) => one.relation === "adaptedFrom" && drawn.has(one.thing));
    if (parent) found.set(practice, parent.thing);
  }
  return found;
}

/** Tell whether a bar has begun by a day: certainly, perhaps, or not at all. */
export function begunBy(scene: Scene, bar: Bar, day: number): "certainly" | "perhaps" | "not" {
  if (!bar.known) return "not";
  const transfer = bar.key.startsWith("transfer:") ? scene.transfers[bar.index]! : null;
  const [first, surely] = transfer ? beginOf(transfer) : bar.known;
  if (surely !== null && surely <= day) return "certainly";
  return first === null || first <= day ? "perhaps" : "not";
}

/** Tell whether an `at` of the state chooses a bar: its own mark, or the actor on either end. */
export function chooses(scene: Scene, at: string, bar: Bar): boolean {
  if (!at) return false;
  if (at === bar.at) return true;
  const found = /^thing:([a-z]+)\/(.*)$/s.exec(at);
  if (!found) return false;
  const thing = placeOf(scene, found[1]!, found[2]!);
  return thing >= 0 && (bar.row === thing || bar.giver === thing || bar.practice === thing);
}
