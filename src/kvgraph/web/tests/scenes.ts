/** A scene to test with: the village of five actors, two practices and six transfers, by hand. */
import type { Scene, Thing, Transfer } from "../src/lib/scene.ts";

const day = (text: string): number => Date.parse(text) / 86_400_000;

const thing = (id: string, more: Partial<Thing> = {}): Thing => ({
  id, iri: `https://example.org/id/actor/${id}`, kind: "actor", look: 0, label: id.toUpperCase(), class: "city",
  level: "local", country: "FI", state: "FI", lat: null, lon: null, sources: [], ...more,
});

const transfer = (id: string, giver: number, receiver: number, more: Partial<Transfer> = {}): Transfer => ({
  id, iri: `https://example.org/id/transfer/${id}`, practice: 3, giver, receiver, via: [],
  days: [day("2010-01-01"), day("2010-12-31"), day("2011-01-01"), day("2011-12-31")], earliest: day("2010-01-01"), latest: day("2011-12-31"),
  dated: true, start: "2010", end: "2011", status: "adopted", statusAsOf: "", stage: "adopted", mode: "horizontal", certainty: "high",
  outcome: "proven", reason: null, contradicted: false, attainments: [], claims: [], discrepancies: [], note: "", sources: [0], ...more,
});

/** Give a small scene: A gave P to B (proven, 2010–2011) and to C (possible, no date). */
export function small(): Scene {
  return {
    frame: {
      version: "1", dataset: "sha256:0123456789abcdef", quads: 100, horizon: day("2026-11-24"), synthetic: true,
      packages: [{ name: "p", title: "Package & more", version: "1", licence: "CC-BY-4.0", synthetic: true }],
      base: "https://example.org/id/",
      codes: { status: [{ id: "adopted", label: "adopted" }], stage: [{ id: "adopted", label: ["otettu käyttöön", "tagen i bruk", "adopted"] }], certainty: [{ id: "high", label: "high" }, { id: "low", label: "low" }], level: [{ id: "eu", label: "EU" }, { id: "national", label: "national" }, { id: "local", label: "local" }], mode: [], theme: [], kind: [], role: [] },
      classes: [
        { id: "Jurisdiction", iri: "https://example.org/def#Jurisdiction", label: "Jurisdiction", colour: "#5B4FA2", shape: "diamond", letter: "J", kind: "actor" },
        { id: "Practice", iri: "https://example.org/def#Practice", label: "Practice", colour: "#0072B2", shape: "dot", letter: "P", kind: "practice" },
      ],
      path: { colour: "#C2410C", width: 3.2 },
      countries: [{ code: "FI", label: "Finland", member: true, lat: 64, lon: 26 }, { code: "SE", label: "Sweden", member: true, lat: 62, lon: 15 }],
    },
    title: "Practice & sons", selection: [], command: "kvgraph view diffusion -o diffusion.html", stage: "adopted",
    coverage: "3 transfers are known.", empty: "",
    counts: { transfers: 3, proven: 1, possible: 2, leftOut: {}, undated: 1, sources: 1, undatedLeftOut: 0 }, reasons: {},
    things: [thing("a"), thing("b", { country: "SE", state: "SE" }), thing("c", { level: null }), { ...thing("p", { iri: "https://example.org/id/practice/p", kind: "practice", look: 1, level: null, country: null, state: null, class: "Practice" }), themes: ["x"] }],
    transfers: [
      transfer("t1", 0, 1),
      transfer("t2", 0, 2, { days: [null, null, null, null], dated: false, outcome: "possible", certainty: "low", mode: null, earliest: null, latest: day("2026-11-24") }),
      transfer("t3", 1, 2, { days: [day("2015-01-01"), null, null, null], outcome: "possible" }),
    ],
    memberships: [], adoptions: [], inferred: [], sources: [{ id: "s", iri: "https://example.org/id/source/s", title: "A source", url: "https://example.org/", year: "2015" }],
    paths: [{ from: 0, to: 1, began: 3, practice: 3, certain: true, best: day("2010-01-01"), worst: day("2011-12-31"), adaptations: 0, hops: [0] }],
    whyNot: {}, sparql: { transfers: "SELECT ?transfer {\n  #VALUES#\n  ?transfer a kv:Transfer }", memberships: "SELECT ?membership {\n  #VALUES#\n}", hop: "DESCRIBE <#IRI#>" },
    tooMuch: null, stages: ["visited", "piloted", "adopted"],
  };
}
