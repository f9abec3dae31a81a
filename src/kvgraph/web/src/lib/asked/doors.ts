/** What the server can be asked: the questions of its library and its analyses, as it lists them. */
import type { Asking } from "../asking.ts";
import { OPTIONS, type State } from "../state.ts";
import type { Column } from "./table.ts";

export interface Parameter {
  name: string;
  kind: "iri" | "text" | "choice" | "date" | "number" | "flag" | "sparql" | "code";
  help: string;
  default?: string | number | boolean;
  choices?: string[];
  /** The kinds of things that it may name. */
  things?: string[];
  required?: boolean;
  many?: boolean;
  least?: number;
  most?: number;
}

/** A question of the library, or an analysis. */
export interface Door {
  name: string;
  summary: string;
  parameters: Parameter[];
  /** The address that answers. */
  link: string;
  tags?: string[];
  columns?: Column[];
  examples?: { values: Record<string, string | number | boolean> }[];
  sparql?: string;
  /** What an analysis says of itself, in paragraphs. */
  explained?: string[];
  /** Whether the server draws it. */
  plot?: boolean;
}

const held = new Map<string, Promise<Door[]>>();

/** Give what a door lists; it is asked once, and again where that failed. */
export function listed(asking: Asking, door: "api/queries" | "api/analyse"): Promise<Door[]> {
  const address = asking.address(door);
  let found = held.get(address);
  if (!found) {
    found = asking.ask(door).then((answer) => (JSON.parse(answer.body) as { rows: Door[] }).rows);
    held.set(address, found);
    found.catch(() => held.delete(address));
  }
  return found;
}

/** Give what has all the words of a text in its name, its summary or its tags. */
export function matching(doors: readonly Door[], text: string): Door[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return doors.filter((door) => {
    const whole = plain([door.name, door.summary, ...(door.tags ?? [])].join(" "));
    return words.every((word) => whole.includes(word));
  });
}

/** Give a text without what does not count when it is searched: case and accents. */
export const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Give doors by the topic that their names begin with, in the order in which they come. */
export function byTopic(doors: readonly Door[]): [topic: string, doors: Door[]][] {
  const found = new Map<string, Door[]>();
  for (const door of doors) {
    const topic = door.name.split("/")[0]!;
    found.set(topic, [...(found.get(topic) ?? []), door]);
  }
  return [...found];
}

/** The values of a form, by parameter; none where it was left as it is. */
export type Values = Record<string, string[]>;

/** Tell whether a parameter narrows the transfers that are looked at, as in every other view.
 * Some analyses have parameters of the same names that say something else. */
export function selects(parameter: Parameter): boolean {
  switch (parameter.name) {
    case "from":
    case "until": return parameter.kind === "date";
    case "stage": return parameter.default === undefined;
    case "query": return parameter.kind === "sparql";
    default: return parameter.many === true && (OPTIONS as readonly string[]).includes(parameter.name);
  }
}

const LINE = "\n";

/** Give the values that the state holds for a view; those of the selection are the page's own. */
export function valuesIn(place: State, view: string, parameters: readonly Parameter[]): Values {
  const found: Values = {};
  for (const parameter of parameters) {
    const selected = selects(parameter) ? place.selection[parameter.name as keyof State["selection"]] : undefined;
    const own = place.own[`${view}.p.${parameter.name}`];
    if (selected?.length) found[parameter.name] = selected;
    else if (own) found[parameter.name] = own.split(LINE);
  }
  return found;
}

/** Give the state that holds the values of a form, and that it was sent. */
export function stateWith(place: State, view: string, door: Door, values: Values): Partial<State> {
  const own = without(place.own, view);
  own[`${view}.name`] = door.name;
  own[`${view}.run`] = "1";
  const selection = { ...place.selection };
  for (const parameter of door.parameters) {
    const given = values[parameter.name] ?? [];
    if (selects(parameter) && parameter.name !== "query") {
      const option = parameter.name as keyof State["selection"];
      if (given.length) selection[option] = given;
      else delete selection[option];
    } else if (given.length) own[`${view}.p.${parameter.name}`] = given.join(LINE);
  }
  return { own, selection };
}

/** Give what views keep for themselves, without what one of them does. */
export function without(own: State["own"], view: string): State["own"] {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith(`${view}.`)));
}

/** Give what is sent: every value that was given, and the language where the answer has one. */
export function pairsOf(parameters: readonly Parameter[], values: Values, lang: string): [string, string][] {
  return parameters.flatMap((parameter): [string, string][] => {
    if (parameter.name === "lang") return [["lang", lang]];
    const given = values[parameter.name] ?? [];
    return (parameter.many ? given : given.slice(0, 1)).filter(Boolean).map((value) => [parameter.name, value]);
  });
}

/** Give the required parameters that were left empty. */
export const missing = (parameters: readonly Parameter[], values: Values): Parameter[] =>
  parameters.filter((parameter) => parameter.required && !values[parameter.name]?.some(Boolean));

/** Give the options of the page's selection that an analysis does not have. */
export const untaken = (parameters: readonly Parameter[], place: State): string[] =>
  OPTIONS.filter((option) => place.selection[option]?.length && !parameters.some((p) => p.name === option && selects(p)));

/** Give a question's SPARQL with the things that it was asked about bound: it can be put anywhere. */
export function boundTo(sparql: string, given: Record<string, unknown>): string {
  const things = Object.entries(given).filter((pair): pair is [string, string] => typeof pair[1] === "string" && /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(pair[1]));
  if (!things.length) return sparql;
  return `${sparql.trimEnd()}\n${things.map(([name, iri]) => `VALUES ?${name.replace(/-/g, "_")} { <${iri}> }`).join("\n")}\n`;
}
