/** How things and lines look, in every view and in what is taken along. Colour never carries alone. */
import type { Transfer } from "./scene.ts";

export const INK = "#1b242d";
export const SOFT = "#54606b";
export const GRID = "#c9d0d6";
export const PATH = { colour: "#C2410C", width: 3.2 } as const;

export interface LineLook {
  id: "proven" | "possible" | "left_out" | "contradicted" | "inferred";
  width: number;
  colour: string;
  /** As `stroke-dasharray`; empty for a full line. */
  dash: string;
}

/** Documented solid (thick where proven, thin where only possible), inferred dashed, contradicted
 * dotted; what takes no part in reach is grey, with dashes and dots. */
export const LINES: readonly LineLook[] = [
  { id: "proven", width: 2.4, colour: INK, dash: "" },
  { id: "possible", width: 1.1, colour: INK, dash: "" },
  { id: "left_out", width: 1.3, colour: SOFT, dash: "7 3 1.5 3" },
  { id: "contradicted", width: 2, colour: INK, dash: "1.5 4" },
  { id: "inferred", width: 1.1, colour: SOFT, dash: "6 5" },
];

/** Give how a transfer's line looks. */
export function lineOf(transfer: Transfer): LineLook {
  const id = transfer.contradicted && transfer.outcome !== "left_out" ? "contradicted" : transfer.outcome;
  return LINES.find((look) => look.id === id)!;
}

/** Give the outline of a shape of `kvgraph.palette` around (0, 0), about `r` in radius, as SVG path. */
export function outline(shape: string, r: number): string {
  const corners = (angles: number[], radius: (i: number) => number = () => r) =>
    `M${angles.map((a, i) => `${(Math.cos(a) * radius(i)).toFixed(2)},${(Math.sin(a) * radius(i)).toFixed(2)}`).join("L")}Z`;
  const turn = (n: number, from = -Math.PI / 2) => Array.from({ length: n }, (_, i) => from + (2 * Math.PI * i) / n);
  switch (shape) {
    case "square": return `M${-0.88 * r},${-0.88 * r}h${1.76 * r}v${1.76 * r}h${-1.76 * r}Z`;
    case "box": return `M${-1.15 * r},${-0.7 * r}h${2.3 * r}v${1.4 * r}h${-2.3 * r}Z`;
    case "diamond": return corners(turn(4), () => 1.15 * r);
    case "hexagon": return corners(turn(6, 0));
    case "triangle": return corners(turn(3), () => 1.15 * r);
    case "triangleDown": return corners(turn(3, Math.PI / 2), () => 1.15 * r);
    case "star": return corners(turn(10), (i) => (i % 2 ? 0.5 * r : 1.2 * r));
    default: return `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
  }
}
