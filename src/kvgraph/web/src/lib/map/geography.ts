/** Europe on paper: the projection of the statistical offices, the lands and their borders. */
import { geoAzimuthalEqualArea, geoPath, type GeoProjection } from "d3-geo";
import { feature, mesh } from "topojson-client";
import europe from "virtual:europe";

export interface Land {
  /** The code of the country; empty for land that only gives the outline. */
  code: string;
  d: string;
}

export interface Ground {
  width: number;
  height: number;
  project: (lon: number, lat: number) => [number, number];
  lands: Land[];
  borders: string;
}

/** What must be seen: from Portugal to the east of Finland, from Cyprus and Crete to the North Cape. */
const FRAME = { type: "MultiPoint" as const, coordinates: [[-10.2, 36.2], [-10.6, 54], [24.5, 71.4], [31.8, 70], [34.9, 35.2], [26.5, 34.6]] };
/** How high the map is for its width. */
const TALL = 1.06;
const held = new Map<number, Ground>();

/** Give the ground of a map that is so wide; the same every time. Lambert's azimuthal equal area around
 * 10° E, 52° N, so that states compare by their true size. */
export function groundOf(width: number): Ground {
  const wide = Math.max(240, Math.round(width));
  let found = held.get(wide);
  if (!found) {
    const height = Math.round(wide * TALL);
    const projection = geoAzimuthalEqualArea().rotate([-10, -52]).fitExtent([[wide * 0.015, wide * 0.015], [wide * 0.985, height - wide * 0.03]], FRAME);
    held.set(wide, (found = drawn(projection, wide, height)));
    // A window that is being resized passes through many widths.
    if (held.size > 8) held.delete(held.keys().next().value!);
  }
  return found;
}

function drawn(projection: GeoProjection, width: number, height: number): Ground {
  const countries = europe.objects.countries;
  projection.clipExtent([[-width, -height], [2 * width, 2 * height]]).precision(0.4);
  const path = geoPath(projection).digits(1);
  const lands = countries.geometries.map((geometry) => ({ code: String(geometry.id ?? ""), d: path(feature(europe, geometry)) ?? "" })).filter((land) => land.d);
  const borders = path(mesh(europe, countries, (a, b) => a !== b)) ?? "";
  const project = (lon: number, lat: number): [number, number] => {
    const found = projection([lon, lat]) ?? [NaN, NaN];
    return [round(found[0]), round(found[1])];
  };
  return { width, height, project, lands, borders };
}

const round = (value: number): number => Math.round(value * 10) / 10;
