import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { mergeArcs } from "topojson-client";
import type { GeometryCollection, MultiPolygon, Polygon, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const NAME = "virtual:europe";

/** Lets a module import Europe, cut out of Natural Earth's countries of the world: TopoJSON whose
 * geometries bear the two-letter codes of countries. */
export function europe(): Plugin {
  return {
    name: "europe",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      const world = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf-8")) as Topology;
      return { code: `export default JSON.parse(${JSON.stringify(JSON.stringify(cut(world)))})`, map: null };
    },
  };
}

/** West, south, east and north in degrees: what a map of Europe can show at its corners, and a margin. */
const BOX = [-32, 28, 52, 75] as const;
/** Of coasts outside the box so many points are passed over for each that is kept. */
const SPARSE = 25;

/** ISO 3166: the numbers that the atlas names countries by, and the codes that the data name them by. */
const CODES: Record<string, string> = {
  "008": "AL", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY", "191": "HR", "196": "CY", "203": "CZ",
  "208": "DK", "233": "EE", "246": "FI", "250": "FR", "276": "DE", "300": "GR", "348": "HU", "352": "IS", "372": "IE", "380": "IT",
  "428": "LV", "438": "LI", "440": "LT", "442": "LU", "470": "MT", "492": "MC", "498": "MD", "499": "ME", "528": "NL", "578": "NO",
  "616": "PL", "620": "PT", "642": "RO", "643": "RU", "674": "SM", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE",
  "756": "CH", "792": "TR", "804": "UA", "807": "MK", "826": "GB", "051": "AM", "031": "AZ", "268": "GE", "788": "TN", "012": "DZ",
  "504": "MA", "434": "LY", "818": "EG", "376": "IL", "400": "JO", "422": "LB", "760": "SY", "336": "VA",
};
/** What the atlas draws apart and the European Union counts as part of a member state: Åland, and
 * the north of Cyprus, where the acquis is suspended. */
const PARTS: Record<string, string> = { "248": "FI", "N. Cyprus": "CY", Kosovo: "XK" };

type Shape = Polygon | MultiPolygon;

/** Give the part of a topology of the world that a map of Europe shows. */
export function cut(world: Topology): Topology {
  const { scale, translate } = world.transform!;
  const lines = world.arcs.map((arc) => {
    let x = 0, y = 0;
    return arc.map(([dx, dy]) => [(x += dx!), (y += dy!)] as const);
  });
  const within = ([x, y]: readonly [number, number]) => {
    const lon = x * scale[0] + translate[0], lat = y * scale[1] + translate[1];
    return lon > BOX[0] && lon < BOX[2] && lat > BOX[1] && lat < BOX[3];
  };
  const inside = lines.map((line) => line.some(within));
  const seen = (rings: number[][]) => rings.some((ring) => ring.some((arc) => inside[arc < 0 ? ~arc : arc]));

  const byCode = new Map<string, Shape[]>();
  for (const geometry of (world.objects["countries"] as GeometryCollection<{ name: string }>).geometries) {
    if (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon") continue;
    const polygons = (geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs).filter(seen);
    if (!polygons.length) continue;
    const id = String(geometry.id ?? ""), name = geometry.properties?.name ?? "";
    const code = CODES[id] ?? PARTS[id] ?? PARTS[name] ?? `-${id || name}`;
    byCode.set(code, [...(byCode.get(code) ?? []), { type: "MultiPolygon", arcs: polygons }]);
  }
  const shapes = [...byCode].map(([code, parts]) => ({ code, arcs: (parts.length === 1 ? parts[0]! : mergeArcs(world, parts)) as MultiPolygon }));

  const numbers = new Map<number, number>();
  const kept: number[][][] = [];
  const renumbered = (arc: number): number => {
    const own = arc < 0 ? ~arc : arc;
    if (!numbers.has(own)) {
      numbers.set(own, kept.length);
      kept.push(deltas(thinned(lines[own]!, within)));
    }
    return arc < 0 ? ~numbers.get(own)! : numbers.get(own)!;
  };
  const geometries = shapes
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, arcs }) => ({ type: "MultiPolygon" as const, ...(code.startsWith("-") ? {} : { id: code }), arcs: arcs.arcs.map((rings) => rings.map((ring) => ring.map(renumbered))) }));
  return { type: "Topology", transform: world.transform!, objects: { countries: { type: "GeometryCollection", geometries } }, arcs: kept };
}

/** Keep what lies in the box with what comes just before and after it, both ends, and little of the rest. */
function thinned(line: (readonly [number, number])[], within: (point: readonly [number, number]) => boolean): (readonly [number, number])[] {
  const near = line.map(within);
  return line.filter((_, i) => near[i] || near[i - 1] || near[i + 1] || i === 0 || i === line.length - 1 || i % SPARSE === 0);
}

function deltas(line: (readonly [number, number])[]): number[][] {
  return line.map(([x, y], i) => (i ? [x - line[i - 1]![0], y - line[i - 1]![1]] : [x, y]));
}
