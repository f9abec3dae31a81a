import { describe, expect, test } from "vitest";
import { MOST_BARS, bars, choose, dots, lookOf, offered, spans, whole, years } from "../src/lib/chart/chart.ts";
import type { Cell, Table } from "../src/lib/asked/table.ts";
import { firstOf, iso } from "../src/lib/days.ts";

const table = (columns: string[], rows: Cell[][]): Table => ({ columns: columns.map((name) => ({ name, type: "text" })), rows, head: {}, empty: "" });
const named = (_: string, cell: Cell) => String(cell);

describe("a picture of any table", () => {
  test("what can be drawn follows from what stands in the columns", () => {
    const found = offered(table(["who", "n", "start", "list", "none"], [["a", 1, "2014", ["t"], null], ["b", null, "2015-02", [], null]]));
    expect(found).toEqual({ kinds: ["bars", "time"], names: ["who"], numbers: ["n"], dates: ["start"] });
    expect(offered(table(["a"], []))).toEqual({ kinds: [], names: [], numbers: [], dates: [] });
  });
  test("by itself only what surely belongs together is drawn; the rest waits for a person", () => {
    const arrivals: Cell[][] = [["p", "a", "2014-01-01", "2014-02-01"], ["p", "b", "2015-01-01", "2016-01-01"]];
    const reach = table(["practice", "actor", "best_arrival", "worst_arrival"], arrivals);
    expect(choose(reach, {}, true)).toEqual({ kind: "time", x: "best_arrival", y: "worst_arrival", named: "actor" });
    expect(choose(reach, { kind: "time" }, true)).toEqual({ kind: "time", x: "best_arrival", y: "worst_arrival", named: "actor" });
    expect(choose(reach, {})).toEqual({});
    expect(choose(table(["practice", "actor", "earliest", "latest"], [arrivals[0]!, arrivals[0]!]), {}, true)).toEqual({});
    // The days of the transfer in are neither the receiver's nor the actor's, though each row has its own.
    const relays = table(["actor", "transfer_in", "in_earliest", "in_latest", "receiver", "out_earliest", "out_latest"],
      [["a", "t1", "2018-12-01", "2021-06-04", "c", "2022-07-01", "2022-07-31"], ["b", "t2", "2018-12-01", "2021-06-04", "d", "2022-07-01", "2022-07-31"]]);
    expect(choose(relays, {})).toEqual({});
    expect(whole(choose(relays, {})!)).toBe(false);
    const stem = table(["visited", "practice", "visited_earliest", "visited_latest"], [["e", "p", "2014-01-01", "2014-02-01"], ["f", "p", "2014-01-01", "2014-02-01"]]);
    expect(choose(stem, {})).toEqual({ kind: "time", x: "visited_earliest", y: "visited_latest", named: "visited" });
    const alone = table(["actor", "proven", "gave"], [["a", true, 3], ["b", false, 2]]);
    expect(choose(alone, {})).toEqual({ kind: "bars", x: "actor", y: "gave", named: "actor" });
    expect(choose(table(["a"], [["x"]]), {})).toBeNull();
  });
  test("a person chooses the axes: none is taken that was not chosen", () => {
    const found = table(["giver", "receiver", "in_earliest", "in_latest", "n", "m"], [["a", "c", "2014-01-01", "2015-01-01", 1, 2], ["b", "d", "2014-01-01", "2015-01-01", 3, 4]]);
    expect(choose(found, { kind: "time" })).toEqual({ kind: "time" });
    expect(choose(found, { kind: "time", x: "in_earliest", named: "giver" })).toEqual({ kind: "time", x: "in_earliest", y: "in_latest", named: "giver" });
    expect(choose(found, { kind: "bars", x: "giver" })).toEqual({ kind: "bars", x: "giver", named: "giver" });
    expect(whole(choose(found, { kind: "bars", x: "giver", y: "" })!)).toBe(true);
    expect(choose(found, { kind: "dots", x: "n", y: "gone", named: "receiver" })).toEqual({ kind: "dots", x: "n", named: "receiver" });
  });
  test("what is not known, or was given up, never looks like what is proven", () => {
    const looks = (columns: string[], rows: Cell[][]) => rows.map((_, i) => lookOf(table(columns, rows), i));
    const status = "https://w3id.org/kvgraph/voc/status/";
    expect(looks(["status"], ["adapted", "adopted", "embedded", "mainstreamed"].map((one) => [status + one]))).toEqual(["full", "full", "full", "full"]);
    expect(looks(["status"], [...["planned", "visited", "piloted", "in-progress", "outcome-unknown"].map((one) => [status + one]), [null]])).toEqual(Array(6).fill("open"));
    expect(looks(["status", "certainty"], [["refused", "high"], ["adopted", "low"], ["adopted", "high"], ["abandoned", null]])).toEqual(["given_up", "open", "full", "given_up"]);
    expect(looks(["proven"], [[true], [false]])).toEqual(["full", "open"]);
    expect(looks(["reach"], [["certain"], ["possible"], ["anything"]])).toEqual(["full", "open", "open"]);
    expect(looks(["who", "reach"], [["a", 3], ["b", 4]])).toEqual(["none", "none"]);
  });
  test("bars: the greatest first, the rest said, and nothing added up that was not asked", () => {
    const many = table(["who", "n"], Array.from({ length: 40 }, (_, i) => [`w${i % 39}`, i === 5 ? null : i]));
    const found = bars(many, { kind: "bars", x: "who", y: "n", named: "" }, named);
    expect([found.marks.length, found.rest, found.without]).toEqual([MOST_BARS, 9, 1]);
    expect(found.marks[0]).toMatchObject({ rows: [39], label: "w0", at: 39 });
    const counted = bars(many, { kind: "bars", x: "who", y: "", named: "" }, named);
    expect(counted.marks[0]).toMatchObject({ rows: [0, 39], at: 2 });
  });
  test("intervals: the earliest first; a side that is not known is told", () => {
    const found = spans(table(["who", "start", "end"], [["a", "2015", null], ["b", "2014-03", "2014-04-02"], ["c", null, null]]), { kind: "time", x: "start", y: "end", named: "who" }, (i) => "abc"[i]!);
    expect(found.marks.map((mark) => [mark.label, iso(mark.at), iso(mark.to), mark.open])).toEqual([["b", "2014-03-01", "2014-04-02", ""], ["a", "2015-01-01", "2015-12-31", "after"]]);
    expect(found.without).toBe(1);
  });
  test("dots need both numbers; years on the axis are round", () => {
    expect(dots(table(["a", "b"], [[1, 2], [1, null]]), { kind: "dots", x: "a", y: "b", named: "" }, String)).toMatchObject({ marks: [{ at: 1, to: 2 }], without: 1 });
    expect(years(firstOf(1981), firstOf(2025), 9).every((year) => year % 5 === 0)).toBe(true);
  });
});
