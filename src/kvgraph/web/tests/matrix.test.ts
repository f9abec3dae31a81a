import { describe, expect, test } from "vitest";
import type { Membership } from "../src/lib/scene.ts";
import { fragmentOf, keptOf } from "../src/lib/explorer/fragment.ts";
import { moved } from "../src/lib/matrix/grid.ts";
import { shadeOf, tally } from "../src/lib/matrix/homes.ts";
import { keyOf } from "../src/lib/matrix/key.ts";
import { networkMatrix, seatKey, sortedNetworks, spansOf, yearsOf } from "../src/lib/matrix/networks.ts";
import { cellKey, sorted, stateMatrix } from "../src/lib/matrix/states.ts";
import { NONE, shown } from "../src/lib/shown.ts";
import { START } from "../src/lib/state.ts";
import { small } from "./scenes.ts";

const day = (text: string): number => Date.parse(text) / 86_400_000;
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

describe("states by states", () => {
  test("cells count what is proven and possible, and sums count each transfer once", () => {
    const scene = small();
    const matrix = stateMatrix(scene, shown(scene, START));
    expect(matrix.codes).toEqual(["FI", "SE"]);
    expect(matrix.cells.get(cellKey("FI", "SE"))).toMatchObject({ n: 1, proven: 1, possible: 0 });
    expect(matrix.cells.get(cellKey("FI", "FI"))).toMatchObject({ n: 1, proven: 0 });
    expect(matrix.cells.has(cellKey("SE", "SE"))).toBe(false);
    expect([matrix.given.get("FI"), matrix.received.get("FI"), matrix.all]).toEqual([2, 2, 3]);
  });

  test("a transfer with two receivers stands in two cells and counts once in the sums", () => {
    const scene = small();
    scene.transfers.push({ ...scene.transfers[0]!, receiver: 2, outcome: "possible" });
    const matrix = stateMatrix(scene, shown(scene, START));
    expect([matrix.given.get("FI"), matrix.received.get("FI"), matrix.all, matrix.several]).toEqual([2, 3, 3, true]);
  });

  test("what belongs to no state has its own row; what is left out or has no end is told apart", () => {
    const scene = small();
    scene.things[1] = { ...scene.things[1]!, country: null, state: null };
    scene.transfers.push({ ...scene.transfers[0]!, id: "t4", outcome: "left_out" }, { ...scene.transfers[0]!, id: "t5", giver: null });
    const matrix = stateMatrix(scene, shown(scene, START));
    expect(matrix.codes).toEqual(["FI", "SE", NONE]);
    expect(matrix.cells.get(cellKey("FI", NONE))!.n).toBe(1);
    expect([matrix.leftOut, matrix.endless, matrix.all]).toEqual([1, 1, 3]);
    expect(sorted(matrix, "given", (code) => code, compare).at(-1)).toBe(NONE);
  });

  test("an order changes no number", () => {
    const scene = small();
    const matrix = stateMatrix(scene, shown(scene, START));
    expect(sorted(matrix, "received", (code) => code, compare)).toEqual(["FI", "SE"]);
    expect(sorted(matrix, "name", (code) => (code === "FI" ? "Suomi" : "Ruotsi"), compare)).toEqual(["SE", "FI"]);
  });

  test("of several rows of one transfer the best outcome counts; nothing has no shade", () => {
    const { transfers } = small();
    expect(tally([{ ...transfers[0]!, outcome: "left_out" }, { ...transfers[0]!, outcome: "possible" }])).toEqual({ proven: 0, possible: 1, leftOut: 0 });
    expect([shadeOf(0), shadeOf(1), shadeOf(400)]).toEqual([null, "#e4eff8", "#5f9dcc"]);
  });
});

describe("networks by states", () => {
  const seat = (id: string, actor: number, more: Partial<Membership> = {}): Membership => ({
    id, iri: `https://example.org/id/membership/${id}`, kind: "membership", actor, body: 4, start: "2010", end: "2012", dated: true,
    days: [day("2010-01-01"), day("2010-12-31"), day("2012-01-01"), day("2012-12-31")], role: null, certainty: null, sources: [], ...more,
  });
  const scene = () => {
    const found = small();
    found.things.push({ ...found.things[3]!, id: "n", kind: "network", label: "Network N" });
    const undated = { days: [null, null, null, null] as const, dated: false, start: "", end: "" };
    found.memberships = [seat("m1", 0), seat("m2", 2, undated), seat("m3", 0, undated), seat("m4", 1, { days: [day("2009-06-01"), day("2011-03-01"), null, null] })];
    return found;
  };

  test("members are counted once, those without any date apart", () => {
    const found = scene();
    const matrix = networkMatrix(found, shown(found, START), null);
    expect(matrix.window).toEqual([2009, 2012]);
    expect(matrix.cells.get(seatKey(4, "FI"))).toMatchObject({ members: 2, undated: 1, spans: [{ first: 2010, last: 2012, certain: true }] });
    expect(matrix.cells.get(seatKey(4, "SE"))).toMatchObject({ members: 1, undated: 0, spans: [{ first: 2009, last: 2012, certain: false }] });
    expect([matrix.ofNetwork.get(4), matrix.ofCode.get("FI"), matrix.all]).toEqual([3, 2, 3]);
    expect(sortedNetworks(matrix, "begun", String, compare)).toEqual([4]);
  });

  test("narrowed years leave out who has no date, and say how many", () => {
    const found = scene();
    const years: [number, number] = [2012, 2013];
    const matrix = networkMatrix(found, shown(found, { ...START, years }), years);
    expect(matrix.leftOut).toBe(2);
    expect(matrix.cells.get(seatKey(4, "FI"))).toMatchObject({ members: 1, undated: 0, spans: [{ first: 2012, last: 2012, certain: true }] });
  });

  test("an open side makes nothing certain but the year in which it began", () => {
    expect([...yearsOf([day("2010-01-01"), day("2010-12-31"), null, null], [2008, 2012]).certain]).toEqual([2010]);
    expect(spansOf([[day("2010-01-01"), day("2010-12-31"), null, null]], [2008, 2012])).toEqual([{ first: 2010, last: 2010, certain: true }, { first: 2011, last: 2012, certain: false }]);
    expect(spansOf([[null, null, null, null]], [2008, 2009])).toEqual([{ first: 2008, last: 2009, certain: false }]);
  });
});

test("the keyboard stays within the grid", () => {
  expect(moved({ row: 0, column: 0 }, "ArrowUp", false, 4, 5)).toEqual({ row: 0, column: 0 });
  expect(moved({ row: 3, column: 4 }, "ArrowRight", false, 4, 5)).toEqual({ row: 3, column: 4 });
  expect(moved({ row: 2, column: 2 }, "End", true, 4, 5)).toEqual({ row: 3, column: 4 });
  expect(moved({ row: 2, column: 2 }, "x", false, 4, 5)).toBeNull();
});

test("the explorer's state goes there and back", () => {
  const fragment = fragmentOf("thing=es-barcelona&near=1&lang=fi", "sv");
  expect(fragment).toBe("#lang=sv&thing=es-barcelona&near=1");
  expect(keptOf(fragment)).toEqual({ kept: "thing=es-barcelona&near=1", lang: "sv" });
  expect(keptOf("#lang=xx")).toEqual({ kept: "", lang: null });
});

test("the key of a picture fits its width, words on rows of their own", () => {
  const told = [{ text: "Words that say how the picture is read, and go on for more than a row." }, ...["1", "2–3", "within one state"].map((text) => ({ text, fill: "#fff" }))];
  const { laid, height } = keyOf(told, 220);
  expect(laid[0]!.lines.length).toBeGreaterThan(1);
  expect(laid[1]!.y).toBeGreaterThan(laid[0]!.y + 16 * (laid[0]!.lines.length - 1));
  expect([laid[1]!.y === laid[2]!.y, laid[3]!.y > laid[2]!.y, height > laid[3]!.y]).toEqual([true, true, true]);
  expect(keyOf([], 220).height).toBe(0);
});
