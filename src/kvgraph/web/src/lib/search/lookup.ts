/** Look for things and sources by any of their names, in any of the languages. */
import { atThing, placeOf } from "../finding.ts";
import { optionOf } from "../proof/selecting.ts";
import type { Scene } from "../scene.ts";
import type { Lang, Option } from "../state.ts";
import { order, told } from "../words.ts";
import { folded } from "./folding.ts";

export interface Hit {
  /** What chooses it: `thing:actor/es-barcelona`, `source:s-urbact`. */
  at: string;
  label: string;
  /** The other name by which it was found; empty where its label is what was looked for. */
  by: string;
  /** Place in `things`, or -1 for a source. */
  thing: number;
}

export interface Hits {
  hits: Hit[];
  /** How many there are in all, shown or not. */
  found: number;
}

/** Where a text was found in a name. */
const BEGINS = 0, WORD = 1, WITHIN = 2, NOWHERE = 3;

interface Entry {
  at: string;
  thing: number;
  label: Scene["title"];
  names: { text: string; folded: string }[];
}
const held = new WeakMap<Scene, Entry[]>();

/** Give what goes by a text: labels before other names, beginnings before what lies within. */
export function lookup(scene: Scene, text: string, lang: Lang, most = 30): Hits {
  const wanted = folded(text).split(/\s+/).filter(Boolean);
  if (!wanted.length) return { hits: [], found: 0 };
  const compare = order(lang);
  const ranked = entries(scene).flatMap((entry) => {
    const label = told(entry.label, lang);
    let rank = Infinity;
    let by = "";
    for (const name of entry.names) {
      const fit = fits(name.folded, wanted);
      const here = fit === NOWHERE ? Infinity : 2 * fit + (name.text === label ? 0 : 1);
      if (here < rank) [rank, by] = [here, name.text === label ? "" : name.text];
    }
    return rank === Infinity ? [] : [{ rank, hit: { at: entry.at, label, by, thing: entry.thing } }];
  });
  ranked.sort((a, b) => a.rank - b.rank || compare(a.hit.label, b.hit.label) || (a.hit.at < b.hit.at ? -1 : 1));
  return { hits: ranked.slice(0, most).map((one) => one.hit), found: ranked.length };
}

function fits(name: string, wanted: string[]): number {
  const whole = wanted.join(" ");
  if (name.startsWith(whole)) return BEGINS;
  let fit = WORD;
  for (const word of wanted) {
    const at = name.indexOf(word);
    if (at < 0) return NOWHERE;
    if (at > 0 && !new RegExp(`[^\\p{L}\\p{N}]${escaped(word)}`, "u").test(name)) fit = WITHIN;
  }
  return fit;
}

/** A row of what a server found. */
export interface Row {
  id: string;
  kind: string;
  label: string;
  /** The name by which it was found. */
  name: string;
}

/** What a server found besides; `option` selects it where the scene does not hold it. */
export interface Besides extends Hit {
  row: Row;
  option: Option | null;
  /** Whether it only resembles what was looked for: none of its names contains it. */
  close: boolean;
}

/** Give what a server found and the scene did not: what contains the text first, then what only resembles it. */
export function besides(scene: Scene, text: string, lang: Lang, rows: readonly Row[]): Besides[] {
  const own = new Set(lookup(scene, text, lang, Infinity).hits.map((hit) => hit.at));
  const wanted = folded(text).split(/\s+/).filter(Boolean);
  const found = rows.flatMap((row): Besides[] => {
    const at = `thing:${row.kind}/${row.id}`;
    const thing = placeOf(scene, row.kind, row.id);
    const option = thing < 0 ? optionOf(row.kind) : null;
    if (own.has(at) || (thing < 0 && !option)) return [];
    const close = [row.label, row.name, row.id].every((name) => fits(folded(name), wanted) === NOWHERE);
    return [{ at, label: row.label, by: row.name === row.label ? "" : row.name, thing, row, option, close }];
  });
  return [...found.filter((one) => !one.close), ...found.filter((one) => one.close)];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

function entries(scene: Scene): Entry[] {
  let found = held.get(scene);
  if (!found) {
    const named = (texts: string[]) => [...new Set(texts.filter(Boolean))].map((text) => ({ text, folded: folded(text) }));
    found = [
      ...scene.things.map((thing, i): Entry => ({
        at: atThing(thing), thing: i, label: thing.label,
        names: named([...(typeof thing.label === "string" ? [thing.label] : thing.label), ...(thing.names ?? []), thing.id]),
      })),
      ...scene.sources.map((source): Entry => ({ at: `source:${source.id}`, thing: -1, label: source.title || source.id, names: named([source.title, source.id, source.url]) })),
    ];
    held.set(scene, found);
  }
  return found;
}
