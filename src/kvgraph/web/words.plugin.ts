import { parse } from "smol-toml";
import type { Plugin } from "vite";

/** Lets a module import the sentences of a view from its .toml file. */
export function words(): Plugin {
  return {
    name: "words",
    transform(code, id) {
      if (!id.endsWith(".toml")) return null;
      return { code: `export default ${JSON.stringify(parse(code))}`, map: null };
    },
  };
}
