import { describe, expect, test } from "vitest";
import { Refused } from "../src/lib/asking.ts";
import { boundTo, byTopic, matching, missing, pairsOf, selects, stateWith, untaken, valuesIn, type Door, type Parameter } from "../src/lib/asked/doors.ts";
import { toldHead } from "../src/lib/asked/head.ts";
import { linkOf } from "../src/lib/asked/links.ts";
import { refusal, unitsBefore } from "../src/lib/asked/refusal.ts";
import { daysOf, readBindings, readTable, sorted, typeOf, written } from "../src/lib/asked/table.ts";
import { iso } from "../src/lib/days.ts";
import type { Scene } from "../src/lib/scene.ts";
import { START, read, write } from "../src/lib/state.ts";
import { saying } from "../src/lib/words.ts";

const BASE = "https://w3id.org/kvgraph/id/";
const parameter = (name: string, kind: Parameter["kind"], more: Partial<Parameter> = {}): Parameter => ({ name, kind, help: "", ...more });
const door: Door = {
  name: "names/things", summary: "What is called Älvsbyn?", link: "/api/queries/names/things", tags: ["cq1"],
  parameters: [
    parameter("name", "text"), parameter("from", "date"), parameter("stage", "choice"), parameter("actor", "iri", { many: true, things: ["actor"] }),
    parameter("strict", "flag"), parameter("to", "iri", { required: true }), parameter("lang", "choice"),
  ],
};
const thing = (kind: string, id: string, label: string) => ({ id, iri: `${BASE}${kind}/${id}`, kind, look: 0, label, class: null, level: null, country: null, state: null, lat: null, lon: null, sources: [] });
const scene = {
  frame: { base: BASE, codes: { stage: [{ id: "adopted", label: ["otettu käyttöön", "antagen", "adopted"] }], status: [{ id: "abandoned", label: "abandoned" }], certainty: [{ id: "high", label: "sure" }] }, classes: [] },
  things: [thing("actor", "fi-espoo", "Espoo"), thing("practice", "p1", "Practice one")], transfers: [{ id: "t1" }], reasons: { planned: ["suunniteltu", "planerad", "planned"] },
} as unknown as Scene;

describe("forms", () => {
  test("what was sent is the same answer for whoever follows the link", () => {
    const values = { name: ["Åbo, or 2 \"towns\""], from: ["2014~"], actor: ["fi-espoo", "org-a"], strict: ["true"], to: ["se-lund"] };
    const place = { ...START, ...stateWith({ ...START, view: "ask" }, "ask", door, values) };
    const again = read(write(place)).state;
    expect(valuesIn(again, "ask", door.parameters)).toEqual(values);
    expect(again.own["ask.name"]).toBe("names/things");
    expect(again.own["ask.p.name"]).toBe(values.name[0]);
    expect(again.selection).toEqual({ from: ["2014~"], actor: ["fi-espoo", "org-a"] });
    expect(pairsOf(door.parameters, valuesIn(again, "ask", door.parameters), "fi")).toEqual([
      ["name", values.name[0]], ["from", "2014~"], ["actor", "fi-espoo"], ["actor", "org-a"], ["strict", "true"], ["to", "se-lund"], ["lang", "fi"],
    ]);
  });
  test("a parameter is part of the selection only where it says the same", () => {
    expect(selects(parameter("from", "date"))).toBe(true);
    expect(selects(parameter("from", "iri"))).toBe(false);
    expect(selects(parameter("stage", "choice", { default: "adopted" }))).toBe(false);
    expect(selects(parameter("practice", "iri"))).toBe(false);
    expect(untaken([parameter("practice", "iri")], { ...START, selection: { practice: ["p1"] } })).toEqual(["practice"]);
  });
  test("what is left empty is not sent, and what must be there is asked for", () => {
    expect(pairsOf(door.parameters, { name: [""] }, "en")).toEqual([["lang", "en"]]);
    expect(missing(door.parameters, { to: [""] }).map((one) => one.name)).toEqual(["to"]);
  });
  test("questions are found by any words, without accents, and stand under their topics", () => {
    expect(matching([door], "alvsbyn CQ1")).toEqual([door]);
    expect(matching([door], "alvsbyn cq2")).toEqual([]);
    expect(byTopic([door]).map(([topic]) => topic)).toEqual(["names"]);
  });
  test("the SPARQL that is shown asks about the same things", () => {
    expect(boundTo("SELECT ?actor {}\n", { actor: `${BASE}actor/fi-espoo`, year: 3, name: "x" })).toBe(`SELECT ?actor {}\nVALUES ?actor { <${BASE}actor/fi-espoo> }\n`);
    expect(boundTo("ASK {}", { actor: "http://x/> } DROP ALL #" })).toBe("ASK {}");
  });
});

describe("tables", () => {
  test("an answer has its columns also without rows, and the reason", () => {
    const table = readTable('{"query": "q", "rows": [], "empty": "None."}', [{ name: "a", type: "iri" }]);
    expect(table).toEqual({ columns: [{ name: "a", type: "iri" }], rows: [], head: { query: "q" }, empty: "None." });
  });
  test("rows of SPARQL keep numbers, truth, and what a number cannot hold", () => {
    const xsd = (name: string) => `http://www.w3.org/2001/XMLSchema#${name}`;
    const body = JSON.stringify({ head: { vars: ["a", "b", "c"] }, results: { bindings: [
      { a: { type: "uri", value: `${BASE}actor/x` }, b: { type: "literal", value: "3.50", datatype: xsd("decimal") } },
      { b: { type: "literal", value: "99999999999999999999", datatype: xsd("integer") }, c: { type: "literal", value: "true", datatype: xsd("boolean") } },
    ] } });
    const table = readBindings(body);
    expect(table.rows).toEqual([[`${BASE}actor/x`, 3.5, null], [null, "99999999999999999999", true]]);
    expect(table.columns.map((column) => column.type)).toEqual(["iri", "text", "flag"]);
  });
  test("types are told by what stands in a column", () => {
    expect([[1, null], ["2014-01-02"], [["t1"]], ["2014-01-02", "about 2014"], []].map((cells) => typeOf(cells as never))).toEqual(["number", "date", "list", "text", "text"]);
  });
  test("a date that is worded as a year or a month lasts so long", () => {
    expect(daysOf("2014")!.map(iso)).toEqual(["2014-01-01", "2014-12-31"]);
    expect(daysOf("2016-02")!.map(iso)).toEqual(["2016-02-01", "2016-02-29"]);
    expect(daysOf("after Milan")).toBeNull();
  });
  test("sorting keeps what is equal in order, and what is not there last, both ways", () => {
    const table = { columns: [{ name: "n", type: "number" }], rows: [[2], [null], [10], [2]], head: {}, empty: "" };
    const compare = (a: string, b: string) => (a < b ? -1 : 1);
    expect(sorted(table, "n", compare)).toEqual([0, 3, 2, 1]);
    expect(sorted(table, "-n", compare)).toEqual([2, 0, 3, 1]);
    expect(sorted(table, "gone", compare)).toEqual([0, 1, 2, 3]);
    expect(written([{ a: 1, b: null }, "x"])).toBe("a: 1; b: , x");
  });
});

describe("what an answer leads to and says", () => {
  test("things lead to their pages, codes are named, and only addresses lead outside", () => {
    expect(linkOf(scene, "x", `${BASE}actor/fi-espoo`, "en")).toEqual({ label: "Espoo", at: "thing:actor/fi-espoo", href: "" });
    expect(linkOf(scene, "transfers", "t1", "en")?.at).toBe("transfer:t1");
    expect(linkOf(scene, "actor", "fi-espoo", "en")?.label).toBe("Espoo");
    expect(linkOf(scene, "actor", "FI", "en")).toBeNull();
    expect(linkOf(scene, "certainty", "https://w3id.org/kvgraph/voc/certainty/high", "en")).toEqual({ label: "sure", at: "", href: "" });
    expect(linkOf(scene, "url", "https://urbact.eu/x", "en")?.href).toBe("https://urbact.eu/x");
    expect(linkOf(scene, "url", "javascript:alert(1)", "en")).toBeNull();
  });
  test("the head is told in words, and nothing of it is dropped", () => {
    const head = { rule: "non-strict", stage: "adopted", horizon: "2026-11-24", transfers: 3, proven: 1, possible: 1, left_out: { planned: 1, refused: 0 }, undated: 1, permutations: 999, notes: ["A note."] };
    const found = toldHead({ columns: [], rows: [], head, empty: "" }, scene, saying("fi"), "fi");
    expect(found.sentences).toHaveLength(6);
    expect(found.sentences[4]).toContain("suunniteltu 1");
    expect(found.sentences[2]).toContain("otettu käyttöön");
    expect(found.notes).toEqual(["A note."]);
    expect(found.figures).toEqual([["permutations", "999"]]);
  });
  test("a refusal is taken apart: sentence, place, caret, missing line", () => {
    const refused = new Refused(400, 'the query:2:3: the prefix "kv:" is not declared\n    ? kv:x\n      ^', "Put this line first: PREFIX kv: <https://w3id.org/kvgraph/def#>", { line: 2, column: 3 });
    expect(refusal(refused)).toEqual({ sentence: 'the prefix "kv:" is not declared', shown: "? kv:x\n  ^", line: 2, column: 3, prefix: "PREFIX kv: <https://w3id.org/kvgraph/def#>" });
    expect(unitsBefore("😀a", 2)).toBe(2);
  });
});
