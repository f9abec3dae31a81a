/** What is wrong with a question, apart: the sentence, where it is, and what would put it right. */
import type { Refused } from "../asking.ts";

export interface Refusal {
  sentence: string;
  /** The line as it stands, with a caret beneath. */
  shown: string;
  line: number | null;
  column: number | null;
  /** A line that the server thinks is missing at the top; empty if none. */
  prefix: string;
}

/** Take a refusal apart. */
export function refusal(refused: Refused): Refusal {
  const cut = refused.title.indexOf("\n");
  const sentence = (cut < 0 ? refused.title : refused.title.slice(0, cut)).replace(/^the query:\d+:\d+: /, "");
  const number = (name: string) => (typeof refused.problem[name] === "number" ? refused.problem[name] : null);
  return {
    sentence,
    shown: cut < 0 ? "" : refused.title.slice(cut + 1).replace(/^ {4}/gm, ""),
    line: number("line"),
    column: number("column"),
    prefix: /\bPREFIX [\w.-]*: <[^<>"\s]+>/.exec(refused.hint)?.[0] ?? "",
  };
}

/** Give the place of a column, which counts letters, in a text that counts in halves of some. */
export function unitsBefore(line: string, column: number): number {
  return [...line].slice(0, Math.max(0, column - 1)).join("").length;
}
