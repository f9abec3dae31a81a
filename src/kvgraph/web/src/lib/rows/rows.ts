/** The same rows as the pictures: what stands in each column, how it is read and sorted. */
import { iso } from "../days.ts";
import { codeLabel } from "../facets.ts";
import { fullName, nameOf } from "../finding.ts";
import type { Day, Scene, Transfer } from "../scene.ts";
import type { Lang } from "../state.ts";
import { told, type Say } from "../words.ts";

export const LISTS = ["transfers", "paths", "memberships", "adoptions"] as const;
export type List = (typeof LISTS)[number];

/** A cell: what is read, and what it is sorted by where that is something else. */
export interface Cell {
  text: string;
  sort?: number | string | null;
  /** Sources, by their places; drawn as links. */
  sources?: readonly number[];
}

export interface Row {
  id: string;
  /** Its place in the list of the scene; one transfer to several receivers is several rows. */
  place: number;
  /** What of the state chooses it; empty for a path, which is chosen by its ends. */
  at: string;
  cells: Record<string, Cell>;
}

export interface Rows {
  /** Names of the columns, whose headings are `table.column.<name>`; the first names the row. */
  columns: readonly string[];
  rows: Row[];
}

const TRANSFERS = ["practice", "giver", "receiver", "worded", "outcome", "sources", "status", "stage", "certainty", "read", "mode", "via"] as const;
const PATHS = ["from", "to", "began", "practice", "reach", "best", "worst", "hops", "adaptations"] as const;
const MEMBERSHIPS = ["actor", "body", "worded", "read", "role", "certainty", "sources"] as const;
const ADOPTIONS = ["actor", "practice", "worded", "read", "status", "certainty", "sources"] as const;

/** Give the rows of a list; `places` are those that are shown. */
export function rowsOf(list: List, scene: Scene, places: readonly number[], lang: Lang, say: Say): Rows {
  const name = (i: number | null, unknown = "telling.nobody"): Cell =>
    i === null ? { text: say(unknown), sort: null } : { text: fullName(scene.things[i]!, lang) };
  const practice = (i: number | null): Cell => (i === null ? { text: say("telling.no_practice"), sort: null } : { text: nameOf(scene, i, lang, "") });
  const coded = (codes: Parameters<typeof codeLabel>[1], id: string | null): Cell => {
    const place = id === null ? -1 : scene.frame.codes[codes].findIndex((code) => code.id === id);
    return { text: id === null ? say("table.unstated") : codeLabel(scene, codes, id, lang), sort: place < 0 ? null : place };
  };
  const written = (at: Day) => (at === null ? say("table.open") : iso(at));
  const day = (at: Day): Cell => ({ text: written(at), sort: at });
  const span = (first: Day, last: Day): Cell => ({
    text: first === null && last === null ? say("table.undated") : first === last ? written(first) : `${written(first)} – ${written(last)}`,
    sort: first ?? last,
  });
  const worded = (start: string, end: string, first: Day): Cell => ({ text: whenWorded(start, end, say), sort: first });
  const sources = (list: readonly number[]): Cell => ({ text: list.length ? "" : say("table.no_source"), sources: list, sort: list.length });
  switch (list) {
    case "transfers":
      return {
        columns: TRANSFERS,
        rows: places.map((i) => {
          const one = scene.transfers[i]!;
          return {
            id: one.id, place: i, at: `transfer:${one.id}`,
            cells: {
              practice: practice(one.practice), giver: name(one.giver), receiver: name(one.receiver),
              worded: worded(one.start, one.end, one.days[0] ?? one.days[3]), read: span(one.days[0], one.days[3]),
              status: coded("status", one.status), stage: coded("stage", one.stage), outcome: outcome(scene, one, lang, say),
              certainty: coded("certainty", one.certainty), mode: coded("mode", one.mode),
              via: { text: one.via.map((j) => told(scene.things[j]!.label, lang)).join("; ") }, sources: sources(one.sources),
            },
          };
        }),
      };
    case "paths":
      return {
        columns: PATHS,
        rows: places.map((i) => {
          const one = scene.paths[i]!;
          return {
            id: `path-${i}`, place: i, at: "",
            cells: {
              from: name(one.from), to: name(one.to), began: practice(one.began), practice: practice(one.practice),
              reach: { text: say(`table.reach.${one.certain ? "certain" : "possible"}`), sort: one.certain ? 0 : 1 },
              best: day(one.best), worst: one.certain ? day(one.worst) : { text: "–", sort: null },
              hops: { text: String(one.hops.length), sort: one.hops.length }, adaptations: { text: String(one.adaptations), sort: one.adaptations },
            },
          };
        }),
      };
    case "memberships":
      return {
        columns: MEMBERSHIPS,
        rows: places.map((i) => {
          const one = scene.memberships[i]!;
          return {
            id: one.id, place: i, at: `membership:${one.id}`,
            cells: {
              actor: name(one.actor), body: name(one.body), worded: worded(one.start, one.end, one.days[0] ?? one.days[3]), read: span(one.days[0], one.days[3]),
              role: coded("role", one.role), certainty: coded("certainty", one.certainty), sources: sources(one.sources),
            },
          };
        }),
      };
    case "adoptions":
      return {
        columns: ADOPTIONS,
        rows: places.map((i) => {
          const one = scene.adoptions[i]!;
          return {
            id: one.id, place: i, at: `adoption:${one.id}`,
            cells: {
              actor: name(one.actor), practice: practice(one.practice), worded: { text: one.worded || say("table.undated"), sort: one.first ?? one.last },
              read: span(one.first, one.last), status: coded("status", one.status), certainty: coded("certainty", one.certainty), sources: sources(one.sources),
            },
          };
        }),
      };
  }
}

function outcome(scene: Scene, one: Transfer, lang: Lang, say: Say): Cell {
  const reason = one.reason === null ? undefined : scene.reasons[one.reason];
  const text = say(`legend.outcome.${one.outcome}`);
  return { text: one.outcome === "left_out" && reason ? `${text}: ${told(reason, lang)}` : text, sort: ["proven", "possible", "left_out"].indexOf(one.outcome) };
}

/** Give a date as the source words it: from – until. */
export function whenWorded(start: string, end: string, say: Say): string {
  if (!start && !end) return say("table.undated");
  return start === end ? start : `${start || say("table.open")} – ${end || say("table.open")}`;
}

/** Sort rows by a column: `earliest` up, `-earliest` down; what is not known stands last either way. */
export function sorted(rows: readonly Row[], by: string, compare: (a: string, b: string) => number): Row[] {
  const down = by.startsWith("-");
  const column = down ? by.slice(1) : by;
  if (!column) return [...rows];
  const key = (row: Row) => {
    const cell = row.cells[column];
    return cell === undefined ? null : cell.sort === undefined ? cell.text || null : cell.sort;
  };
  return rows
    .map((row, i) => ({ row, i, key: key(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return a.key === b.key ? a.i - b.i : a.key === null ? 1 : -1;
      const found = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key : compare(String(a.key), String(b.key));
      return (down ? -found : found) || a.i - b.i;
    })
    .map((one) => one.row);
}

type Value = string | number | boolean | null | undefined | readonly string[];

/** Give the columns and rows of a list as they go into a file: ids beside names, days as 2014-02-01. */
export function recordsOf(list: List, scene: Scene, places: readonly number[], lang: Lang): { columns: string[]; rows: Value[][] } {
  const iri = (i: number | null) => (i === null ? null : scene.things[i]!.iri);
  const label = (i: number | null) => (i === null ? null : told(scene.things[i]!.label, lang));
  const date = (at: Day) => (at === null ? null : iso(at));
  const cited = (list: readonly number[]) => ({ sources: list.map((i) => scene.sources[i]!.id), source_urls: list.map((i) => scene.sources[i]!.url).filter(Boolean) });
  const days = ([a, b, c, d]: readonly [Day, Day, Day, Day]) => ({ begin_earliest: date(a), begin_latest: date(b), end_earliest: date(c), end_latest: date(d) });
  const records = places.map((i): Record<string, Value> => {
    switch (list) {
      case "transfers": {
        const one = scene.transfers[i]!;
        return {
          transfer: one.iri, practice: iri(one.practice), practice_label: label(one.practice), giver: iri(one.giver), giver_label: label(one.giver),
          receiver: iri(one.receiver), receiver_label: label(one.receiver), via: one.via.map((j) => scene.things[j]!.iri), via_labels: one.via.map((j) => told(scene.things[j]!.label, lang)),
          start: one.start, end: one.end, ...days(one.days), earliest: date(one.earliest), latest: date(one.latest), dated: one.dated,
          status: one.status, status_as_of: one.statusAsOf, stage: one.stage, mode: one.mode, certainty: one.certainty, outcome: one.outcome, reason: one.reason,
          contradicted: one.contradicted, note: one.note, ...cited(one.sources),
        };
      }
      case "paths": {
        const one = scene.paths[i]!;
        return {
          from: iri(one.from), from_label: label(one.from), to: iri(one.to), to_label: label(one.to), source_practice: iri(one.began), practice: iri(one.practice),
          reach: one.certain ? "certain" : "possible", best_arrival: date(one.best), worst_arrival: one.certain ? date(one.worst) : null,
          adaptations: one.adaptations, hops: one.hops.map((j) => scene.transfers[j]!.iri),
        };
      }
      case "memberships": {
        const one = scene.memberships[i]!;
        return {
          membership: one.iri, kind: one.kind, actor: iri(one.actor), actor_label: label(one.actor), body: iri(one.body), body_label: label(one.body),
          start: one.start, end: one.end, ...days(one.days), dated: one.dated, role: one.role, certainty: one.certainty, ...cited(one.sources),
        };
      }
      case "adoptions": {
        const one = scene.adoptions[i]!;
        return {
          adoption: one.iri, actor: iri(one.actor), actor_label: label(one.actor), practice: iri(one.practice), practice_label: label(one.practice),
          date: one.worded, first: date(one.first), last: date(one.last), status: one.status, certainty: one.certainty, ...cited(one.sources),
        };
      }
    }
  });
  const columns = Object.keys(records[0] ?? {});
  return { columns, rows: records.map((record) => columns.map((name) => record[name])) };
}
