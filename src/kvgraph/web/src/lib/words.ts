/** What the page says, in three languages: one .toml a view under words/. */
import { LANGUAGES, type Lang } from "./state.ts";
import type { Text } from "./scene.ts";

type Sentence = Record<Lang, string>;
type Tree = { [name: string]: Tree | string };

const files = import.meta.glob<Tree>("../words/*.toml", { eager: true, import: "default" });
const sentences = new Map<string, Sentence>();
for (const [path, tree] of Object.entries(files)) gather(path.replace(/^.*\/|\.toml$/g, ""), tree);

function gather(prefix: string, tree: Tree): void {
  if (typeof tree["en"] === "string") sentences.set(prefix, tree as unknown as Sentence);
  for (const [name, inner] of Object.entries(tree)) if (typeof inner !== "string") gather(`${prefix}.${name}`, inner);
}

/** Says a sentence by its key, `file.name`, with its places filled. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

/** Give what says sentences in a language. A key `x` with `x.one` and `x.many` goes by `values.n`. */
export function saying(lang: Lang): Say {
  return (key, values = {}) => {
    const sentence = sentences.get(key) ?? sentences.get(`${key}.${values["n"] === 1 ? "one" : "many"}`);
    if (!sentence) throw new Error(`no sentence is called ${key}`);
    return sentence[lang].replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === "number" ? figure(value, lang) : String(value ?? `{${name}}`);
    });
  };
}

/** Give a text of the data in a language. */
export function told(text: Text, lang: Lang): string {
  return typeof text === "string" ? text : text[LANGUAGES.indexOf(lang)]!;
}

const LOCALES: Record<Lang, string> = { fi: "fi-FI", sv: "sv-SE", en: "en-GB" };

/** Give a whole number as a language writes it. */
export function figure(value: number, lang: Lang): string {
  return new Intl.NumberFormat(LOCALES[lang], { useGrouping: Math.abs(value) >= 10000, maximumFractionDigits: 6 }).format(value);
}

/** Compare names as a language orders them. */
export function order(lang: Lang): (a: string, b: string) => number {
  return new Intl.Collator(LOCALES[lang]).compare;
}
