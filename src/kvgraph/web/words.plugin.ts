import { parse } from "smol-toml";
import type { Plugin } from "vite";

/** Lets a module import the sentences of a view from its .toml file; of those `without` it gets none. */
export function words(without: readonly string[] = []): Plugin {
  return {
    name: "words",
    transform(code, id) {
      if (!id.endsWith(".toml")) return null;
      const said = without.some((name) => id.endsWith(`/${name}.toml`)) ? {} : parse(code);
      return { code: `export default ${JSON.stringify(said)}`, map: null };
    },
  };
}
