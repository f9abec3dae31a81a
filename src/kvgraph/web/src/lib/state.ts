/**
 * The state of the page, and its one home: the fragment of the address. A link is the same view.
 *
 * `#/diffusion?lang=fi&practice=pr-antirumour&hide.level=eu,local&years=2009-2015&at=transfer:t0215`
 */

export const LANGUAGES = ["fi", "sv", "en"] as const;
export type Lang = (typeof LANGUAGES)[number];

/** The options of a selection, as the command line names them; carried out in Python. */
export const OPTIONS = [
  "practice", "actor", "network", "programme", "theme", "country", "from", "until", "stage",
] as const;
export type Option = (typeof OPTIONS)[number];

/** What the legend counts and hides, in the browser. */
export const FACETS = [
  "class", "level", "country", "theme", "status", "stage", "outcome", "certainty", "mode",
] as const;
export type Facet = (typeof FACETS)[number];

export interface State {
  view: string;
  lang: Lang;
  selection: Partial<Record<Option, string[]>>;
  hidden: Partial<Record<Facet, string[]>>;
  /** The years between which something must have been able to go on; `null` where not narrowed. */
  years: [number, number] | null;
  /** What is chosen: `transfer:t0215`, `thing:actor/es-barcelona`, `states:FI>SE` or nothing. */
  at: string;
  /** The ends of a path by the ids of things, and the hop that is looked at, from 0. */
  from: string;
  to: string;
  hop: number | null;
  /** What a view keeps for itself, by names that start with its own: `matrix.sort`. */
  own: Record<string, string>;
}

export const START: State = {
  view: "diffusion", lang: "en", selection: {}, hidden: {}, years: null, at: "", from: "", to: "",
  hop: null, own: {},
};

/** Give the state that a fragment tells; what cannot be read is left out and counted in `lost`. */
export function read(fragment: string, start: State = START): { state: State; lost: string[] } {
  const state: State = { ...start, selection: {}, hidden: {}, own: {}, years: null, at: "", from: "", to: "", hop: null };
  const lost: string[] = [];
  const match = /^#?\/?([a-z-]*)\??(.*)$/s.exec(fragment);
  if (!match) return { state, lost: fragment ? [fragment] : [] };
  if (match[1]) state.view = match[1];
  for (const [name, value] of new URLSearchParams(match[2] ?? "")) {
    if (!set(state, name, value)) lost.push(`${name}=${value}`);
  }
  return { state, lost };
}

function set(state: State, name: string, value: string): boolean {
  if (name === "lang") {
    if (!isLang(value)) return false;
    state.lang = value;
  } else if ((OPTIONS as readonly string[]).includes(name)) {
    const option = name as Option;
    if (!value) return false;
    state.selection[option] = [...(state.selection[option] ?? []), value];
  } else if (name.startsWith("hide.")) {
    const facet = name.slice(5);
    if (!(FACETS as readonly string[]).includes(facet)) return false;
    state.hidden[facet as Facet] = value.split(",").map(decoded).sort();
  } else if (name === "years") {
    const found = /^(-?\d{1,4})\.\.(-?\d{1,4})$/.exec(value);
    if (!found || Number(found[1]) > Number(found[2])) return false;
    state.years = [Number(found[1]), Number(found[2])];
  } else if (name === "hop") {
    if (!/^\d{1,4}$/.test(value)) return false;
    state.hop = Number(value);
  } else if (name === "at") {
    state.at = value;
  } else if (name === "path") {
    const cut = value.indexOf(">");
    if (cut < 0) return false;
    state.from = value.slice(0, cut);
    state.to = value.slice(cut + 1);
  } else if (/^[a-z]+\.[\w.-]+$/i.test(name)) {
    state.own[name] = value;
  } else return false;
  return true;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Give the fragment of a state; `read(write(state))` is the state. */
export function write(state: State): string {
  const found = new URLSearchParams();
  found.set("lang", state.lang);
  for (const option of OPTIONS) for (const value of state.selection[option] ?? []) found.append(option, value);
  for (const facet of FACETS) {
    const values = state.hidden[facet];
    if (values?.length) found.set(`hide.${facet}`, values.map((v) => encodeURIComponent(v)).join(","));
  }
  if (state.years) found.set("years", state.years.join(".."));
  if (state.at) found.set("at", state.at);
  if (state.from || state.to) found.set("path", `${state.from}>${state.to}`);
  if (state.hop !== null) found.set("hop", String(state.hop));
  for (const name of Object.keys(state.own).sort()) if (state.own[name] !== "") found.set(name, state.own[name]!);
  return `#/${state.view}?${found}`;
}

/** Give the options of a selection as the server takes them. */
export function query(state: State): URLSearchParams {
  const found = new URLSearchParams();
  for (const option of OPTIONS) for (const value of state.selection[option] ?? []) found.append(option, value);
  return found;
}

function isLang(value: string): value is Lang {
  return (LANGUAGES as readonly string[]).includes(value);
}
