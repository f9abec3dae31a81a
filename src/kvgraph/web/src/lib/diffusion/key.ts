/** The key of the picture: what occurs in it and nothing else, in as many lines as it takes. */
import { codeLabel } from "../facets.ts";
import type { Scene } from "../scene.ts";
import type { Lang } from "../state.ts";
import { measured } from "../taking.ts";
import type { Say } from "../words.ts";
import { BARS, countOf, type Bar, type Kind } from "./bars.ts";

export interface Entry {
  id: string;
  kind: Kind | null;
  /** Whether a sign stands before the words. */
  sign: boolean;
  text: string;
  x: number;
  y: number;
}

interface Given {
  scene: Scene;
  bars: readonly Bar[];
  adapted: ReadonlyMap<number, number>;
  say: Say;
  lang: Lang;
  wide: number;
  top: number;
  /** The year up to which it is replayed. */
  year: number | null;
}

/** Give the entries of the key, and where the picture ends beneath them. */
export function keyOf({ scene, bars, adapted, say, lang, wide, top, year }: Given): { entries: Entry[]; height: number } {
  const stage = codeLabel(scene, "stage", scene.stage, lang);
  const count = (kind: Kind) => countOf(bars.filter((bar) => bar.kind === kind));
  const found: Omit<Entry, "x" | "y">[] = (Object.keys(BARS) as Kind[])
    .filter((kind) => count(kind) > 0)
    .map((kind) => ({ id: kind, kind, sign: true, text: `${say(`diffusion.key.${kind}`, { stage })}: ${count(kind)}` }));
  const add = (id: string, text: string, sign = true) => found.push({ id, kind: null, sign, text });
  if (bars.some((bar) => bar.core)) add("core", say("diffusion.key.core"));
  if (bars.some((bar) => bar.known && (bar.open[0] !== undefined || bar.open[1] !== undefined))) add("open", say("diffusion.key.open"));
  const stages = new Map(bars.flatMap((bar) => (bar.known ? bar.ticks.map((tick) => [tick.number, tick.stage] as const) : [])));
  if (stages.size) {
    const told = [...stages].sort((a, b) => a[0] - b[0]).map(([number, code]) => `${number} ${codeLabel(scene, "stage", code, lang)}`);
    add("stages", say("diffusion.key.stages", { stages: told.join(", ") }));
  }
  const undated = bars.filter((bar) => !bar.known);
  const moved = countOf(undated.filter((bar) => bar.key.startsWith("transfer:")));
  if (undated.length) add("undated", say("diffusion.key.undated", { n: moved, others: countOf(undated) - moved }), false);
  if (adapted.size) add("adapted", say("diffusion.key.adapted"), false);
  if (year !== null) add("light", say("diffusion.key.light", { year: String(year) }));
  let [x, y] = [6, top + 12];
  const entries = found.map((entry) => {
    const room = measured(entry.text, 11.5) + (entry.sign ? 30 : 0) + 22;
    if (x > 6 && x + room > wide) [x, y] = [6, y + 20];
    const placed = { ...entry, x, y };
    x += room;
    return placed;
  });
  return { entries, height: y + 14 };
}
