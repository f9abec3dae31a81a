/** What stands above an answer, in words: by what rule it was counted, and how much it leaves out. */
import { spoken } from "../days.ts";
import type { Scene } from "../scene.ts";
import type { Lang } from "../state.ts";
import { figure, told, type Say } from "../words.ts";
import { codeLabel } from "../facets.ts";
import { daysOf, written, type Cell, type Table } from "./table.ts";

export interface Told {
  sentences: string[];
  /** What the answer itself remarks. */
  notes: string[];
  /** All the rest, by name. */
  figures: [name: string, value: string][];
}

const SAID = new Set(["selection", "stage", "horizon", "transfers", "proven", "possible", "left_out", "undated", "rule", "coverage", "notes", "lang", "dataset", "query", "parameters", "count"]);

/** Give what stands above a table in a few sentences; nothing is left out. */
export function toldHead(table: Table, scene: Scene, say: Say, lang: Lang): Told {
  const head = table.head;
  const sentences: string[] = [];
  const number = (name: string): number | null => (typeof head[name] === "number" ? head[name] : null);
  if (typeof head["rule"] === "string") sentences.push(say("result.rule", { rule: head["rule"] }));
  const horizon = daysOf(head["horizon"] ?? null);
  if (horizon) sentences.push(say("result.horizon", { day: spoken(horizon[0], lang) }));
  if (typeof head["stage"] === "string") sentences.push(say("result.stage", { stage: codeLabel(scene, "stage", head["stage"], lang) }));
  const transfers = number("transfers");
  if (transfers !== null) sentences.push(say("result.transfers", { n: transfers, proven: number("proven") ?? 0, possible: number("possible") ?? 0 }));
  const considered = number("transfers_considered");
  if (considered !== null) sentences.push(say("result.considered", { n: considered }));
  const left = head["left_out"];
  if (left && typeof left === "object" && !Array.isArray(left)) {
    const parts = Object.entries(left).filter((pair): pair is [string, number] => typeof pair[1] === "number" && pair[1] > 0);
    sentences.push(
      parts.length
        ? say("result.left_out", { parts: parts.map(([reason, n]) => `${scene.reasons[reason] ? told(scene.reasons[reason], lang) : codeLabel(scene, "status", reason, lang)} ${figure(n, lang)}`).join(", ") })
        : say("result.none_left_out"),
    );
  }
  const undated = number("undated");
  if (undated !== null) sentences.push(undated ? say("result.undated", { n: undated }) : say("result.all_dated"));
  if (typeof head["coverage"] === "string") sentences.push(head["coverage"]);
  const notes = Array.isArray(head["notes"]) ? head["notes"].map(written) : [];
  const figures = Object.entries(head)
    .filter(([name]) => !SAID.has(name) && name !== "transfers_considered")
    .map(([name, value]): [string, string] => [name, shown(value, lang)]);
  return { sentences, notes, figures };
}

function shown(value: Cell, lang: Lang): string {
  if (typeof value === "number") return Number.isSafeInteger(value) || Math.abs(value) < 1e15 ? figure(value, lang) : String(value);
  return value === null ? "–" : written(value);
}
