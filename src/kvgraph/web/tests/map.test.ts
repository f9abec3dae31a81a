import { describe, expect, test } from "vitest";
import europe from "virtual:europe";
import { LINES } from "../src/lib/looks.ts";
import { MANY, arcsOf, curveOf, sizeOf } from "../src/lib/map/arcs.ts";
import { groundOf } from "../src/lib/map/geography.ts";
import { labelled, SIZE } from "../src/lib/map/labels.ts";
import { MOST, offset, placed } from "../src/lib/map/places.ts";
import { stepped, type Stop } from "../src/lib/map/roving.ts";
import { shown } from "../src/lib/shown.ts";
import { START } from "../src/lib/state.ts";
import { measured } from "../src/lib/taking.ts";
import { small } from "./scenes.ts";

const ground = groundOf(800);
const at = (lon: number, lat: number) => ground.project(lon, lat);

describe("the ground", () => {
  test("every member state is there once, and small enough to travel", () => {
    const codes = europe.objects.countries.geometries.map((geometry) => geometry.id).filter(Boolean);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" ")) expect(codes).toContain(code);
    expect(JSON.stringify(europe).length).toBeLessThan(170_000);
  });

  test("the corners of the Union lie within it, north above south and west before east", () => {
    for (const [lon, lat] of [[-9.4, 38.7], [31.5, 62.9], [33.4, 35.1], [14.4, 35.9], [27.9, 70.1], [-10.4, 51.9]] as const) {
      const [x, y] = at(lon, lat);
      expect(x > 0 && x < ground.width && y > 0 && y < ground.height).toBe(true);
    }
    expect(at(25, 60)[1]).toBeLessThan(at(25, 40)[1]);
    expect(at(-9, 39)[0]).toBeLessThan(at(24, 38)[0]);
  });

  test("the same width gives the same ground", () => {
    expect(groundOf(390).borders).toBe(groundOf(390).borders);
    expect(groundOf(390).width).toBe(390);
  });
});

describe("places", () => {
  test("who has no coordinates stands at the state and says so; who has no state stands nowhere", () => {
    const scene = small();
    scene.things[0] = { ...scene.things[0]!, lat: 60.17, lon: 24.94 };
    scene.things[2] = { ...scene.things[2]!, country: null, state: null };
    const places = placed(scene, shown(scene, START), ground);
    const how = new Map(places.marks.map((mark) => [mark.thing, mark.spot.how]));
    expect(how.get(0)).toBe("own");
    expect(how.get(1)).toBe("state");
    expect(places.nowhere).toEqual([2]);
    expect(places.marks.find((mark) => mark.thing === 0)!.degree).toBe(2);
  });

  test("who lies outside Europe is put into the box, not lost", () => {
    const scene = small();
    scene.things[1] = { ...scene.things[1]!, country: "US", state: "US", lat: 39.8, lon: -98.5 };
    const places = placed(scene, shown(scene, START), ground);
    expect(places.outside.map((spot) => spot.key)).toEqual(["out:US"]);
    expect(places.marks.find((mark) => mark.thing === 1)!.spot.outside).toBe(true);
  });

  test("a crowd is heaped, until it is opened, and nobody is left out", () => {
    const scene = small();
    const [a] = scene.things;
    for (let i = 0; i < 20; i++) {
      scene.things.push({ ...a!, id: `x${String(i).padStart(2, "0")}` });
      scene.transfers.push({ ...scene.transfers[0]!, id: `tx${i}`, giver: 1, receiver: scene.things.length - 1 });
    }
    const closed = placed(scene, shown(scene, START), ground);
    expect(closed.heaps).toHaveLength(1);
    expect(closed.marks.length + closed.heaps[0]!.things.length).toBe(23);
    expect(closed.marks.filter((mark) => mark.spot.key === closed.heaps[0]!.key)).toHaveLength(MOST - 1);
    const open = placed(scene, shown(scene, START), ground, new Set([closed.heaps[0]!.key]));
    expect([open.marks.length, open.heaps.length]).toEqual([23, 0]);
  });

  test("those at one spot do not cover each other", () => {
    const spots = Array.from({ length: 40 }, (_, i) => offset(i));
    for (const [i, [x, y]] of spots.entries()) for (const [u, v] of spots.slice(0, i)) expect(Math.hypot(x - u, y - v)).toBeGreaterThan(11);
  });
});

describe("lines", () => {
  test("what goes between the same two is one line with its number; what stays is a loop", () => {
    const scene = small();
    scene.things[0] = { ...scene.things[0]!, lat: 60.17, lon: 24.94 };
    scene.transfers.push({ ...scene.transfers[0]!, id: "t4", outcome: "possible" });
    const narrowed = shown(scene, START);
    const found = arcsOf(scene, narrowed, placed(scene, narrowed, ground));
    const line = found.arcs.find((arc) => arc.key === "0>1")!;
    expect([sizeOf(line), line.counts.proven, line.counts.possible, line.look.id]).toEqual([2, 1, 1, "proven"]);
    expect(found.together).toBe(false);
    expect([...found.arcs, ...found.loops].flatMap((arc) => arc.transfers).sort()).toEqual([0, 1, 2, 3]);
  });

  test("too many are put together by states, and each transfer is still counted", () => {
    const scene = small();
    for (let i = 0; i <= MANY; i++) {
      scene.things.push({ ...scene.things[i % 2]!, id: `y${i}`, lat: 45 + i / 20, lon: 5 + i / 20 });
      scene.transfers.push({ ...scene.transfers[0]!, id: `ty${i}`, giver: 0, receiver: scene.things.length - 1 });
    }
    const narrowed = shown(scene, START);
    const found = arcsOf(scene, narrowed, placed(scene, narrowed, ground));
    expect(found.together).toBe(true);
    expect(found.arcs.map((arc) => arc.key).sort()).toEqual(["FI>SE", "SE>FI"]);
    expect([...found.arcs, ...found.loops].reduce((sum, arc) => sum + sizeOf(arc), found.placeless.length)).toBe(scene.transfers.length);
  });

  test("what is not known to have begun is not drawn as begun", () => {
    const scene = small();
    scene.transfers[0] = { ...scene.transfers[0]!, outcome: "left_out", reason: "refused" };
    const narrowed = shown(scene, START);
    const found = arcsOf(scene, narrowed, placed(scene, narrowed, ground));
    expect(found.arcs.find((arc) => arc.key === "0>1")!.look).toBe(LINES.find((look) => look.id === "left_out"));
  });

  test("two ways between two places do not cover each other", () => {
    const there = curveOf([100, 100], [300, 140]).middle, back = curveOf([300, 140], [100, 100]).middle;
    expect(Math.hypot(there[0] - back[0], there[1] - back[1])).toBeGreaterThan(30);
  });
});

test("names do not cover each other, and the heaviest has its place", () => {
  const asked = Array.from({ length: 60 }, (_, i) => ({ key: `k${i}`, text: `Place ${i}`, x: 20 + (i % 10) * 30, y: 20 + Math.floor(i / 10) * 12, radius: 6, weight: i }));
  const labels = labelled(asked, [], 400, 200);
  expect(labels.map((label) => label.key)).toContain("k59");
  const boxes = labels.map(({ text, x, y, anchor }) => {
    const wide = measured(text, SIZE);
    return [anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2, y - SIZE, wide] as const;
  });
  for (const [i, [x, y, wide]] of boxes.entries()) {
    for (const [u, v, broad] of boxes.slice(0, i)) expect(x < u + broad && u < x + wide && Math.abs(y - v) < SIZE).toBe(false);
  }
});

test("the arrows go along and from kind to kind", () => {
  const stops: Stop[] = [{ key: "a", kind: "state" }, { key: "b", kind: "state" }, { key: "c", kind: "actor" }, { key: "d", kind: "arc" }, { key: "e", kind: "arc" }];
  expect(stepped(stops, 0, "ArrowRight")).toBe(1);
  expect(stepped(stops, 0, "ArrowDown")).toBe(2);
  expect(stepped(stops, 4, "ArrowUp")).toBe(2);
  expect(stepped(stops, 4, "ArrowDown")).toBe(4);
  expect(stepped(stops, 2, "Home")).toBe(0);
  expect(stepped(stops, 2, "End")).toBe(4);
});
