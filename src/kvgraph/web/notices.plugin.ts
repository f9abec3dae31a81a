import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");

/** What comes from a package though no file of it is a module: data that a plugin reads, and what the
 * builder itself puts in. */
const MADE: readonly (readonly [begin: string, name: string])[] = [
  ["\0virtual:europe", "world-atlas"],
  ["\0vite/", "vite"],
  ["\0rolldown/", "rolldown"],
];
/** Packages under the MIT licence that bring no text of it; their holders stand in package.json. */
const WITHOUT_TEXT: readonly string[] = ["@zazuko/yasgui", "@zazuko/yasgui-utils", "@zazuko/yasqe", "@zazuko/yasr"];
/** Where the licence of the package itself ends, and those of what it is built of begin. */
const END = "\n# Licenses of bundled dependencies";

interface Package {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
  contributors?: (string | { name: string })[];
}

/** Writes NOTICES.txt beside what is built: name, version and licence of all that is bundled.
 *
 * With `inside` it stands at the head of the script as well, which then can be mailed by itself. What
 * has no licence ends the build.
 */
export function notices({ inside = false } = {}): Plugin {
  return {
    name: "notices",
    apply: "build",
    generateBundle(_, bundle) {
      const names = new Set<string>();
      for (const part of Object.values(bundle)) {
        if (part.type !== "chunk") continue;
        for (const [id, module] of Object.entries(part.modules)) {
          if (module.renderedLength || /\.css(\?|$)/.test(id)) for (const name of packagesOf(id)) names.add(name);
        }
      }
      const text = told([...names].sort());
      this.emitFile({ type: "asset", fileName: "NOTICES.txt", source: text });
      if (!inside) return;
      for (const part of Object.values(bundle)) {
        if (part.type === "chunk") part.code = `/*!\n${text.replace(/\*\//g, "* /")}*/\n${part.code}`;
      }
    },
  };
}

/** Keeps a script to ASCII and away from what would end it in a page: it can stand in one as it is. */
export function ascii(): Plugin {
  return {
    name: "ascii",
    apply: "build",
    generateBundle(_, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type !== "chunk") continue;
        part.code = part.code
          .replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .replace(/<(?=!--|\/script)/gi, "\\x3c");
      }
    },
  };
}

/** Give the packages that a module is made of: its own, and those that were bundled into it before. */
function packagesOf(id: string): string[] {
  const made = MADE.find(([begin]) => id.startsWith(begin));
  if (made) return [made[1]];
  const path = id.replace(/^\0/, "").replace(/\?.*$/, "");
  const own = packageOf(path);
  if (!own) return [];
  const map = `${path}.map`;
  const sources = existsSync(map) ? ((JSON.parse(readFileSync(map, "utf-8")) as { sources?: string[] }).sources ?? []) : [];
  // The parts of YASGUI were one repository when they were bundled.
  const utils = own.startsWith("@zazuko/") && sources.some((source) => /(^|\/)utils\/src\//.test(source)) ? ["@zazuko/yasgui-utils"] : [];
  return [own, ...utils, ...sources.flatMap((source) => packageOf(source) ?? [])];
}

function packageOf(path: string): string | null {
  return [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1] ?? null;
}

function told(names: string[]): string {
  const head = "The pages of kvgraph hold parts of the following packages, each under its own licence.\n";
  return `${[head, ...names.map(notice)].join(`\n${"-".repeat(78)}\n\n`)}`;
}

function notice(name: string): string {
  const folder = join(MODULES, name);
  if (!existsSync(folder)) throw new Error(`${name} is bundled, and its licence cannot be read: it is not installed`);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8")) as Package;
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = files.map((file) => readFileSync(join(folder, file), "utf-8").replace(/\r\n?/g, "\n").split(END)[0]!.trim());
  if (!texts.length) {
    if (!WITHOUT_TEXT.includes(name) || about.license !== "MIT") throw new Error(`${name} is bundled and has no licence`);
    const holders = [about.author, ...(about.contributors ?? [])].flatMap((one) => (one ? [typeof one === "string" ? one : one.name] : []));
    texts.push(readFileSync(join(HERE, "notices", "MIT.txt"), "utf-8").replace("{holders}", () => holders.join(", ")).trim());
  }
  return `${name} ${about.version}${about.license ? `, ${about.license}` : ""}\n\n${texts.join("\n\n")}\n`;
}
