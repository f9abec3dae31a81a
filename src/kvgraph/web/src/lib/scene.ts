/**
 * What the page is given: one JSON, made by `kvgraph.scene` in Python, the same whether a server
 * sends it or a file holds it. Nothing here is computed again in the browser: what counts, what
 * is proven and who can be reached was decided where the data are.
 *
 * Days are whole days since 1970-01-01, `null` where a side is open. Things are named by their
 * place in `things`, sources by their place in `sources`.
 */

/** A text that is the same in every language, or one for each: fi, sv, en. */
export type Text = string | readonly [fi: string, sv: string, en: string];
export type Day = number | null;
/** The earliest and latest day of the begin, then of the end. */
export type Days = readonly [Day, Day, Day, Day];

export interface Code {
  id: string;
  label: Text;
}

/** What each class looks like in every picture: the table of `kvgraph.palette`. */
export interface ClassLook extends Code {
  iri: string;
  colour: string;
  /** dot, square, diamond, hexagon, triangle, star, triangleDown or box */
  shape: string;
  letter: string;
  /** The kind of thing: actor, practice, network ... */
  kind: string;
}

/** What does not depend on what was selected. */
export interface Frame {
  version: string;
  dataset: string;
  quads: number;
  horizon: Day;
  synthetic: boolean;
  packages: { name: string; title: Text; version: string; licence: string; synthetic: boolean }[];
  /** What the IRI of a thing begins with: `${base}${kind}/${id}`. */
  base: string;
  /** Codes in the order of the vocabulary; `kind` are the kinds of actors. */
  codes: Record<"status" | "stage" | "certainty" | "level" | "mode" | "theme" | "kind" | "role", Code[]>;
  classes: ClassLook[];
  path: { colour: string; width: number };
  /** The member states and the other countries that are named: code, thing in `things` or null. */
  countries: { code: string; label: Text; member: boolean; lat: number | null; lon: number | null }[];
}

export interface Thing {
  id: string;
  iri: string;
  /** actor, practice, network, project, programme, event or output */
  kind: string;
  /** Place in `frame.classes`. */
  look: number;
  label: Text;
  /** The languages in which it has a label of its own, where one is missing. */
  own?: string[];
  /** Other names, in any language. */
  names?: string[];
  /** For actors their kind (`city` ...), else the local name of the class (`EsfNetwork` ...). */
  class: string | null;
  level: string | null;
  country: string | null;
  /** The member state it belongs to, by country code; `null` if to none. */
  state: string | null;
  lat: number | null;
  lon: number | null;
  themes?: string[];
  description?: Text;
  /** For practices: what it was adapted from, what replaced it, where and when it began. */
  parents?: { thing: number; relation: string; changed?: Text }[];
  origin?: { actors: number[]; first: Day; last: Day; worded: string };
  sources: number[];
}

export type Outcome = "proven" | "possible" | "left_out";

export interface Transfer {
  id: string;
  iri: string;
  /** Places in `things`; `null` where it is not recorded. */
  practice: number | null;
  giver: number | null;
  receiver: number | null;
  via: number[];
  days: Days;
  /** The days between which it took place as reach reads them (open sides end at the horizon). */
  earliest: Day;
  latest: Day;
  dated: boolean;
  /** As the source words them. */
  start: string;
  end: string;
  status: string;
  statusAsOf: string;
  stage: string | null;
  mode: "horizontal" | "upward" | "downward" | null;
  certainty: string | null;
  /** Judged at the stage that the scene was asked for. */
  outcome: Outcome;
  /** Why it takes no part in reach; a key of `Scene.reasons`. */
  reason: string | null;
  /** Sources disagree about it. */
  contradicted: boolean;
  attainments: { stage: string; first: Day; last: Day; worded: string; sources: number[] }[];
  /** What a claim says that is about it, in our own words. */
  claims: { id: string; text: Text; sources: number[] }[];
  /** What sources disagree on: property in words, what each says. */
  discrepancies: { about: Text; a: string; b: string; sources: number[] }[];
  note: string;
  sources: number[];
}

/** An actor's seat in a network or project, or its part in an event. */
export interface Membership {
  id: string;
  iri: string;
  kind: "membership" | "participation";
  actor: number;
  body: number;
  days: Days;
  start: string;
  end: string;
  dated: boolean;
  role: string | null;
  certainty: string | null;
  sources: number[];
}

/** That an actor had a practice, without a transfer that tells from whom. */
export interface Adoption {
  id: string;
  iri: string;
  actor: number;
  practice: number;
  first: Day;
  last: Day;
  worded: string;
  status: string;
  certainty: string | null;
  sources: number[];
}

/** A tie that a rule or an analysis made: drawn dashed, never a transfer. */
export interface Inferred {
  id: string;
  iri: string;
  practice: number | null;
  giver: number;
  receiver: number;
  first: Day;
  last: Day;
  /** exposure, or the analysis that made it */
  by: string;
  sources: number[];
}

export interface Source {
  id: string;
  iri: string;
  title: string;
  url: string;
  year: string;
}

/** Whom a practice can have reached from whom: the rows of `kvgraph reach`, all givers together. */
export interface Path {
  from: number;
  to: number;
  /** The practice with which it sets out, and the one that arrives. */
  began: number;
  practice: number;
  certain: boolean;
  best: Day;
  worst: Day;
  adaptations: number;
  /** Places in `transfers`, first giver to last receiver. */
  hops: number[];
}

/** The nearest chain between two actors without a certain path, and what breaks it. */
export interface WhyNot {
  reach: "possible" | "not reached" | "certain";
  /** None where no chain of documented transfers leads there, whatever the dates. */
  hops: { transfer: number; breaks: string; needed: Day }[];
}

export interface Scene {
  frame: Frame;
  title: Text;
  /** The options that were given: name, value as given, and in words. */
  selection: { name: string; value: string; label: Text; told: Text }[];
  /** The command that draws the same. */
  command: string;
  /** The stage at which transfers are judged. */
  stage: string;
  /** How much is known of what is drawn; stands beneath every picture and in every export. */
  coverage: Text;
  /** Why nothing is drawn; empty where something is. */
  empty: Text;
  counts: {
    transfers: number;
    proven: number;
    possible: number;
    leftOut: Record<string, number>;
    undated: number;
    sources: number;
    undatedLeftOut: number;
  };
  /** Why transfers are left out, and what breaks a chain, in words. */
  reasons: Record<string, Text>;
  things: Thing[];
  transfers: Transfer[];
  memberships: Membership[];
  adoptions: Adoption[];
  inferred: Inferred[];
  sources: Source[];
  paths: Path[];
  /** By `${from id}>${to id}`; only in files, a server is asked. */
  whyNot: Record<string, WhyNot>;
  /**
   * SPARQL that finds what is drawn. In `transfers` and `memberships` the line `#VALUES#` is to be
   * replaced by the things that are shown, or dropped where all are; in `hop` `#IRI#` by a transfer.
   */
  sparql: { transfers: string; memberships: string; hop: string };
  /** Where there is too much to draw: how much, and by what it can be narrowed. */
  tooMuch: null | { transfers: number; narrow: { option: string; values: { value: string; label: Text; count: number }[] }[] };
  /** The stages at which a scene can be judged, first to last. */
  stages: string[];
}
