import { describe, expect, test } from "vitest";
import { completions, declared, spelled, type Term } from "../src/lib/yasgui/completing.ts";
import { termsOf } from "../src/lib/yasgui/terms.ts";

const KV = "https://w3id.org/kvgraph/def#";
const VOC = "https://w3id.org/kvgraph/voc/";
const known = { kv: KV, voc: VOC, skos: "http://www.w3.org/2004/02/skos/core#" };
const terms: Term[] = [
  { iri: `${KV}giver`, kind: "property", label: { en: "giver", fi: "antaja", sv: "givare" } },
  { iri: `${KV}Transfer`, kind: "class", label: { en: "transfer", fi: "siirto" }, used: 281 },
  { iri: `${KV}TransferStep`, kind: "class", label: { en: "step" } },
  { iri: `${VOC}status/in-progress`, kind: "code", label: { en: "in progress" } },
];
const at = (query: string) => completions(query.replace("|", ""), query.indexOf("|"), terms, known, "fi");

describe("completing a query", () => {
  test("terms under a prefix, by their names in any language, with the line that is missing", () => {
    const found = at("SELECT * { ?t kv:gi|");
    expect(found.from).toBe("SELECT * { ?t ".length);
    expect(found.list).toEqual([{ text: "kv:giver", label: "antaja", comment: "", kind: "property", prefix: `PREFIX kv: <${KV}>` }]);
    expect(at(`PREFIX k: <${KV}>\nSELECT * { ?t k:tran|`).list.map((one) => [one.text, one.prefix])).toEqual([["k:Transfer", ""], ["k:TransferStep", ""]]);
    expect(at("SELECT * { ?t siir|").list.map((one) => one.text)).toEqual(["kv:Transfer"]);
  });
  test("what a prefix cannot write is written out", () => {
    expect(spelled(`${VOC}status/in-progress`, {}, known)).toEqual({ text: `<${VOC}status/in-progress>`, prefix: "" });
    expect(spelled(`${KV}giver`, { kv: "http://other/" }, known).text).toBe(`<${KV}giver>`);
    expect(at(`ASK { ?x ?y <${VOC}st|`).list[0]!.text).toBe(`<${VOC}status/in-progress>`);
  });
  test("variables of the query, prefixes where one is declared, nothing in comments and texts", () => {
    expect(at("SELECT ?giver ?given { ?g| }").list.map((one) => one.text)).toEqual(["?given", "?giver"]);
    expect(at("PREFIX sk|").list.map((one) => one.text)).toEqual([`skos: <${known.skos}>`]);
    for (const query of ["# kv:gi|", 'ASK { ?x ?y "kv:gi|', "SELECT|", "ASK { ?x | }", "ASK { ?x nope:gi|"]) expect(at(query).list).toEqual([]);
    expect(at(`ASK { ?x <${KV}x> kv:gi|`).list).toHaveLength(1);
  });
  test("prefixes are read from the query and from the list of terms", () => {
    expect(declared("prefix : <http://a/>\nPREFIX kv:<http://b#> SELECT")).toEqual({ "": "http://a/", kv: "http://b#" });
    expect(termsOf(JSON.stringify({ rows: [{ iri: KV, name: "kv:", kind: "prefix", label: {} }, { ...terms[0], name: "kv:giver" }] }))).toMatchObject({ prefixes: { kv: KV }, terms: [{ iri: `${KV}giver` }] });
  });
});
