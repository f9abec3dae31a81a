import { describe, expect, it } from "vitest";
import { csv, harmless } from "../src/lib/rows/csv.ts";
import { recordsOf, rowsOf, sorted } from "../src/lib/rows/rows.ts";
import { lookup } from "../src/lib/search/lookup.ts";
import { order, saying } from "../src/lib/words.ts";
import { small } from "./scenes.ts";

describe("csv", () => {
  it("runs no formula and leaves numbers alone, as kvgraph export does", () => {
    expect(["=1+1", "-3.5", "- none", "'=x", "+44 1", "@me", "\tx", "a=b", "+1e3"].map(harmless)).toEqual(["'=1+1", "-3.5", "'- none", "''=x", "'+44 1", "'@me", "'\tx", "a=b", "+1e3"]);
  });
  it("quotes what must be, joins lists and leaves empty what is not known", () => {
    expect(csv(["a", "b"], [["x,\"y\"", ["1", "2"]], [null, true], ["=1,2", "line\nbreak"]])).toBe('a,b\n"x,""y""",1;2\n,true\n"\'=1,2","line\nbreak"\n');
  });
  it("has all columns of a row, ids beside names, days as days", () => {
    const { columns, rows } = recordsOf("transfers", small(), [0], "en");
    const row = Object.fromEntries(columns.map((name, i) => [name, rows[0]![i]]));
    expect(row).toMatchObject({ transfer: "https://example.org/id/transfer/t1", giver_label: "A", earliest: "2010-01-01", end_latest: "2011-12-31", start: "2010", outcome: "proven", dated: true, sources: ["s"], source_urls: ["https://example.org/"] });
  });
});

describe("rows", () => {
  it("sort by what a cell means, and keep the unknown last both ways", () => {
    const scene = small();
    const { rows } = rowsOf("transfers", scene, [0, 1, 2], "en", saying("en"));
    const ids = (by: string) => sorted(rows, by, order("en")).map((row) => row.id);
    expect(ids("")).toEqual(["t1", "t2", "t3"]);
    expect(ids("read")).toEqual(["t1", "t3", "t2"]);
    expect(ids("-read")).toEqual(["t3", "t1", "t2"]);
    expect(ids("certainty")).toEqual(["t1", "t3", "t2"]);
    expect(ids("nothing")).toEqual(["t1", "t2", "t3"]);
  });
  it("say where there is no source, no end and no date", () => {
    const scene = small();
    scene.transfers[1]!.sources = [];
    scene.transfers[1]!.start = scene.transfers[1]!.end = "";
    const cells = rowsOf("transfers", scene, [1, 2], "en", saying("en")).rows.map((row) => row.cells);
    expect(cells[0]!["sources"]!.text).toBe("no source");
    expect(cells[0]!["worded"]!.text).toBe("no date");
    expect(cells[1]!["read"]!.text).toBe("2015-01-01 – not known");
  });
});

describe("the search", () => {
  const scene = small();
  scene.things[0]!.label = ["Tukholma", "Stockholm", "Stockholm"];
  scene.things[0]!.names = ["Łódź-Ø"];
  scene.things[1]!.label = "Old Stockholm";
  it("finds labels in any language, other names and sources, whatever case and accents", () => {
    expect(lookup(scene, "TUKH", "sv").hits[0]).toMatchObject({ at: "thing:actor/a", label: "Stockholm", by: "Tukholma" });
    expect(lookup(scene, "o lodz", "en").hits[0]!.by).toBe("Łódź-Ø");
    expect(lookup(scene, "lodz-o", "en").hits[0]!.by).toBe("Łódź-Ø");
    expect(lookup(scene, "a source", "en").hits[0]).toMatchObject({ at: "source:s", thing: -1 });
  });
  it("puts what begins so before what has it within, and counts what it does not list", () => {
    expect(lookup(scene, "stock", "en").hits.map((hit) => hit.label)).toEqual(["Stockholm", "Old Stockholm"]);
    expect(lookup(scene, "stock", "en", 1)).toMatchObject({ found: 2, hits: [{ label: "Stockholm" }] });
    expect(lookup(scene, "  ", "en").found).toBe(0);
    expect(lookup(scene, "(.*", "en").found).toBe(0);
  });
});
