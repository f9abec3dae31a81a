import { describe, expect, test } from "vitest";
import { MOST_BARS, bars, choose, dots, offered, spans, years } from "../src/lib/chart/chart.ts";
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
  test("it suits itself, and takes what it is asked for where the table has it", () => {
    const both = table(["who", "best_arrival", "worst_arrival", "n"], [["a", "2014-01-01", null, 3], ["b", "2015-01-01", "2016-01-01", 4]]);
    expect(choose(both, {})).toEqual({ kind: "time", x: "best_arrival", y: "worst_arrival", named: "who" });
    expect(choose(both, { kind: "bars", y: "" })).toEqual({ kind: "bars", x: "who", y: "", named: "who" });
    expect(choose(both, { kind: "dots", x: "gone" })).toMatchObject({ kind: "time" });
    expect(choose(table(["a"], [["x"]]), {})).toBeNull();
    const years = table(["network", "transfer", "member", "year"], [["n", "t1", "a", 0], ["n", "t2", "b", 0]]);
    expect(choose(years, { kind: "bars" })).toEqual({ kind: "bars", x: "network", y: "", named: "member" });
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
