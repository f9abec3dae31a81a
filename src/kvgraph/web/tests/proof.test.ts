import { describe, expect, it } from "vitest";
import { tree } from "../src/lib/lineage/tree.ts";
import { answered, commandOf, held, questionOf, reasonOf } from "../src/lib/proof/broken.ts";
import { elsewhere, spokenIn } from "../src/lib/proof/labels.ts";
import { outward } from "../src/lib/proof/links.ts";
import { choosing, ends, pathsBetween, pathsThrough, walked } from "../src/lib/proof/paths.ts";
import { seatWorded } from "../src/lib/proof/seats.ts";
import { betweenStates, choice, followed, restingOn, touching } from "../src/lib/proof/touching.ts";
import type { Scene } from "../src/lib/scene.ts";
import { START } from "../src/lib/state.ts";
import { saying } from "../src/lib/words.ts";
import { small } from "./scenes.ts";

function withPaths(): Scene {
  const scene = small();
  const path = { from: 0, to: 2, began: 3, practice: 3, best: null, worst: null, adaptations: 0 };
  scene.paths.push({ ...path, certain: false, hops: [1] }, { ...path, certain: false, hops: [0, 2] }, { ...path, certain: true, hops: [0, 2] });
  return scene;
}

describe("paths", () => {
  it("come certain first, then the shortest, and one of them is walked", () => {
    const scene = withPaths();
    expect(pathsBetween(scene, { from: "a", to: "c" })).toEqual([3, 1, 2]);
    expect(walked(scene, { ...START, from: "a", to: "c" })).toBe(3);
    const change = choosing(scene, 2, START, 1);
    expect(change).toMatchObject({ from: "a", to: "c", hop: 1, own: { "proof.row": "2" } });
    expect(walked(scene, { ...START, ...change })).toBe(2);
    expect(pathsThrough(scene, 0)).toEqual([0, 3, 2]);
    expect(pathsBetween(scene, { from: "c", to: "nobody" })).toEqual([]);
  });
  it("have the ends that gave and received, by name", () => {
    expect(ends(small(), "en")).toEqual({ givers: [0, 1], receivers: [1, 2] });
  });
});

describe("what is chosen", () => {
  it("is found in the scene, or told to be lost", () => {
    const scene = small();
    expect(choice(scene, "transfer:t2")).toEqual({ what: "transfer", place: 1 });
    expect(choice(scene, "thing:practice/p")).toEqual({ what: "thing", place: 3 });
    expect(choice(scene, "states:FI>SE")).toEqual({ what: "states", giver: "FI", receiver: "SE" });
    expect(choice(scene, "source:s")).toEqual({ what: "source", place: 0 });
    expect(choice(scene, "transfer:none").what).toBe("lost");
    expect(choice(scene, "__proto__").what).toBe("lost");
    expect(choice(scene, "").what).toBe("none");
  });
  it("is touched by what came in and went out", () => {
    const scene = withPaths();
    expect(touching(scene, 1)).toMatchObject({ received: [0], given: [2], of: [] });
    expect(touching(scene, 3).of).toEqual([0, 1, 2]);
    expect(betweenStates(scene, "FI", "SE")).toEqual([0]);
    expect(restingOn(scene, 0)).toEqual([0, 1, 2]);
    scene.things.push({ ...scene.things[0]!, id: "n", kind: "network" });
    scene.transfers[0]!.via = [4];
    expect(followed(scene, 4)).toEqual([{ path: 2, hops: [2] }]);
  });
});

describe("why not", () => {
  const answer = JSON.stringify({
    reach: "not reached",
    rows: [
      { transfer: "t1", giver: "a", receiver: "b", breaks: "", needed: null },
      { transfer: "elsewhere", giver: "b", receiver: "x", breaks: "lies before its giver can have had it", needed: "2009-05-01" },
      { transfer: "t3", giver: "b", receiver: "c", breaks: "left out: after horizon", needed: null },
    ],
  });
  it("is read as the server answers it, and told in words", () => {
    const scene = small();
    scene.reasons = { after_horizon: "after the last known day" };
    const found = answered(scene, answer);
    expect(found.hops.map((hop) => hop.transfer)).toEqual([0, -1, 2]);
    const told = found.hops.map((hop) => reasonOf(scene, hop, "en", saying("en")));
    expect(told[0]).toBe("holds");
    expect(told[1]).toContain("1 May 2009");
    expect(told[2]).toBe("left out: after the last known day");
  });
  it("is asked within the selection, as far as the door takes one", () => {
    const place = { ...START, from: "a", to: "c", selection: { practice: ["p"], country: ["FI"], from: ["2010"] } };
    expect(questionOf(small(), place)).toEqual([["from", "a"], ["to", "c"], ["why-not", "true"], ["stage", "adopted"], ["lang", "en"], ["practice", "p"], ["country", "FI"]]);
  });
  it("stands in a file, or the file says the command that gives it", () => {
    const scene = small();
    scene.selection = [{ name: "country", value: "Åland; rm -rf '", label: "", told: "" }];
    const place = { ...START, from: "a", to: "c" };
    expect(held(scene, place)).toBeNull();
    expect(commandOf(scene, place)).toBe("kvgraph paths --from a --to c --why-not --stage adopted --country 'Åland; rm -rf '\\'''");
    scene.whyNot["a>c"] = { reach: "possible", hops: [{ transfer: 1, breaks: "not proven", needed: null }] };
    expect(held(scene, place)!.hops[0]).toMatchObject({ id: "t2", giver: "a", receiver: "c", breaks: "not proven" });
  });
});

describe("what leads out, and in which language", () => {
  it("is an address of http or https alone", () => {
    expect(outward("https://example.org/a b")).toBe("https://example.org/a%20b");
    for (const wrong of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "example.org", " \u0001javascript:x"]) expect(outward(wrong)).toBeNull();
  });
  it("is marked where the label is not in the language asked for", () => {
    const thing = { ...small().things[0]!, own: ["sv"] };
    expect(elsewhere(thing, "fi")).toEqual(["sv"]);
    expect(spokenIn(thing, "fi")).toBe("sv");
    expect(elsewhere(thing, "sv")).toBeNull();
    expect(elsewhere(small().things[0]!, "fi")).toBeNull();
  });
});

describe("a lineage", () => {
  const family = (parents: Record<string, [string, string][]>): Scene => {
    const scene = small();
    const names = Object.keys(parents);
    scene.things = names.map((id) => ({
      ...scene.things[3]!, id,
      parents: parents[id]!.map(([elder, relation]) => ({ thing: names.indexOf(elder), relation })),
    }));
    return scene;
  };
  it("puts elders above what came of them, and a second parent beside", () => {
    const scene = family({ root: [], left: [["root", "adaptedFrom"]], right: [["root", "adaptedFrom"]], both: [["left", "adaptedFrom"], ["right", "adaptedFrom"]], other: [] });
    const found = tree(scene, 3);
    expect(found.nodes).toEqual([{ thing: 0, row: 0, depth: 0 }, { thing: 1, row: 1, depth: 1 }, { thing: 3, row: 2, depth: 2 }, { thing: 2, row: 3, depth: 1 }]);
    expect(found.links.filter((link) => link.beside)).toEqual([{ from: 2, to: 3, relation: "adaptedFrom", beside: true }]);
    expect(tree(scene, 4).nodes.length).toBe(1);
    expect(tree(scene, 3, 2)).toMatchObject({ left: 2 });
  });
  it("turns a replacement round, and ends where kin are their own elders", () => {
    const found = tree(family({ old: [["new", "isReplacedBy"]], new: [] }), 1);
    expect(found.nodes.map((node) => node.thing)).toEqual([0, 1]);
    expect(tree(family({ x: [["y", "adaptedFrom"]], y: [["x", "adaptedFrom"]] }), 1).nodes.map((node) => node.thing)).toEqual([1, 0]);
  });
});

it("a seat in an event without a date of its own has that of the event", () => {
  const say = (name: string) => name;
  const seat = { id: "m", iri: "", kind: "participation", actor: 0, body: 1, start: "", end: "", dated: true, days: [1, 1, 2, 2], role: null, certainty: null, sources: [] } as const;
  expect(seatWorded({ ...seat, sources: [] }, say)).toBe("proof.event_time");
  expect(seatWorded({ ...seat, sources: [], dated: false }, say)).toBe("table.undated");
  expect(seatWorded({ ...seat, sources: [], kind: "membership" }, say)).toBe("table.undated");
  expect(seatWorded({ ...seat, sources: [], start: "2011", end: "2011" }, say)).toBe("2011");
});
