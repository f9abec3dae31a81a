import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { europe } from "./europe.plugin.ts";
import { words } from "./words.plugin.ts";

export default defineConfig({
  plugins: [europe(), svelte(), words()],
  resolve: { conditions: ["browser"] },
  test: { environment: "jsdom", include: ["tests/**/*.test.ts"] },
});
