/** Comma-separated values as `kvgraph export` writes them: UTF-8, a line feed a row, no live formula. */

const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

type Value = string | number | boolean | null | undefined | readonly string[];

/** Give a text that no spreadsheet takes for a formula: an apostrophe before `= + - @`, tab, return. */
export const harmless = (text: string): string => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);

/** Give a table as csv; what is not known is an empty cell, lists are joined by `;`. */
export function csv(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  const cell = (value: Value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "boolean" || typeof value === "number") return String(value);
    return quoted(harmless(typeof value === "string" ? value : value.join(";")));
  };
  const lines = [columns.map((name) => quoted(harmless(name))), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `${line.join(",")}\n`).join("");
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
