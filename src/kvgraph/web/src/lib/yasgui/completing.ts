/** What can stand where one types in a query: terms of the loaded ontology, prefixes, variables. */
import { plain } from "../asked/doors.ts";
import type { Lang } from "../state.ts";

/** A class, property or code of the vocabulary that is loaded. */
export interface Term {
  iri: string;
  kind: string;
  label: Record<string, string>;
  comment?: Record<string, string>;
  /** How often it is used, where that was counted. */
  used?: number | null;
}

export interface Completion {
  /** What is put in. */
  text: string;
  /** What it is called, and what kind of thing it is. */
  label: string;
  kind: string;
  /** What it means, in a sentence. */
  comment?: string;
  /** A prefix that the query does not declare yet: its line goes to the top. */
  prefix: string;
}

export type Prefixes = Record<string, string>;

const MOST = 60;

/** Give the prefixes that a query declares. */
export function declared(query: string): Prefixes {
  const found: Prefixes = {};
  for (const match of query.matchAll(/\bPREFIX\s+([\w.-]*):\s*<([^<>"{}|^`\\\s]*)>/gi)) found[match[1]!] = match[2]!;
  return found;
}

/** Give how a term is written under prefixes, with the line that is missing for it. */
export function spelled(iri: string, own: Prefixes, known: Prefixes): { text: string; prefix: string } {
  for (const [prefixes, add] of [[own, false], [known, true]] as const) {
    let best: [string, string] | null = null;
    for (const pair of Object.entries(prefixes)) if (iri.startsWith(pair[1]) && (!best || pair[1].length > best[1].length)) best = pair;
    if (!best || (add && best[0] in own)) continue;
    const local = iri.slice(best[1].length);
    if (!/^[A-Za-z0-9_]([\w-]*[\w])?$/.test(local)) continue;
    return { text: `${best[0]}:${local}`, prefix: add ? `PREFIX ${best[0]}: <${best[1]}>` : "" };
  }
  return { text: `<${iri}>`, prefix: "" };
}

/** Give where what is being typed begins, and what it can become. */
export function completions(query: string, at: number, terms: readonly Term[], known: Prefixes, lang: Lang): { from: number; list: Completion[] } {
  const before = query.slice(0, at);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const nothing = { from: at, list: [] };
  if (commented(line)) return nothing;
  const own = declared(query);

  const declaring = /\bPREFIX\s+([\w.-]*:?)$/i.exec(line);
  if (declaring) {
    const typed = declaring[1]!;
    const list = Object.entries(known).filter(([name]) => `${name}:`.startsWith(typed) && !(name in own)).sort(([a], [b]) => (a < b ? -1 : 1));
    return { from: at - typed.length, list: list.map(([name, iri]) => ({ text: `${name}: <${iri}>`, label: "", kind: "prefix", prefix: "" })) };
  }
  const word = /(?:[?$]\w*|<[^<>\s"{}]*|[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*)$/u.exec(line)![0];
  const from = at - word.length;
  if (/^[?$]/.test(word)) {
    const others = query.slice(0, from) + query.slice(at);
    const names = new Set([...others.matchAll(/[?$](\w+)/g)].map((match) => match[1]!));
    const list = [...names].filter((name) => name.startsWith(word.slice(1)) && name !== word.slice(1)).sort();
    return { from, list: list.map((name) => ({ text: word[0]! + name, label: "", kind: "variable", prefix: "" })) };
  }
  const colon = word.indexOf(":");
  const full = word.startsWith("<");
  if (!full && colon < 0 && word.length < 2) return nothing;
  if (!full && colon < 0 && /^(select|where|filter|optional|prefix|order|group|limit|union|values|bind|distinct|not|exists|by|as|count|construct|ask|describe|offset|having|graph|from|minus|asc|desc)$/i.test(word)) return nothing;

  const space = !full && colon >= 0 ? (own[word.slice(0, colon)] ?? known[word.slice(0, colon)]) : undefined;
  if (!full && colon >= 0 && space === undefined) return nothing;
  const sought = plain(full ? word.slice(1) : word.slice(colon + 1));
  const ranked: { rank: number; term: Term; local: string }[] = [];
  for (const term of terms) {
    if (space !== undefined && !term.iri.startsWith(space)) continue;
    const local = space !== undefined ? term.iri.slice(space.length) : term.iri.replace(/^.*[#/]/, "");
    const name = plain(local);
    const labels = Object.values(term.label).map((label) => plain(label));
    const rank =
      full ? (plain(term.iri).startsWith(sought) ? 0 : -1)
      : name.startsWith(sought) ? 0
      : labels.some((label) => label.startsWith(sought)) ? 1
      : name.includes(sought) ? 2
      : labels.some((label) => label.includes(sought)) ? 3
      : -1;
    if (rank >= 0) ranked.push({ rank, term, local });
  }
  ranked.sort((a, b) => a.rank - b.rank || (b.term.used ?? 0) - (a.term.used ?? 0) || (a.local < b.local ? -1 : a.local > b.local ? 1 : a.term.iri < b.term.iri ? -1 : 1));
  const list = ranked.slice(0, MOST).map(({ term }): Completion => ({
    ...(full ? { text: `<${term.iri}>`, prefix: "" } : spelled(term.iri, own, known)),
    label: inLang(term.label, lang), comment: inLang(term.comment ?? {}, lang), kind: term.kind,
  }));
  const exact = list.length === 1 && list[0]!.text === word;
  return exact ? { from, list: [] } : { from, list };
}

const inLang = (texts: Record<string, string>, lang: Lang): string => texts[lang] ?? texts["en"] ?? Object.values(texts)[0] ?? "";

/** Tell whether the end of a line lies in a comment or in a text. */
function commented(line: string): boolean {
  let inside = "";
  for (let i = 0; i < line.length; i += 1) {
    const letter = line[i]!;
    if (inside === "<") inside = letter === ">" || /\s/.test(letter) ? "" : "<";
    else if (inside) {
      if (letter === "\\") i += 1;
      else if (letter === inside) inside = "";
    } else if (letter === "#") return true;
    else if (letter === '"' || letter === "'") inside = letter;
    else if (letter === "<" && /^<[^\s<>]*/.exec(line.slice(i))![0].length > 1) inside = "<";
  }
  return inside === '"' || inside === "'";
}
