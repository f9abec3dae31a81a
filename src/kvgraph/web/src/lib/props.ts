/** What every view of the page is given. */
import type { Asking } from "./asking.ts";
import type { Scene } from "./scene.ts";
import type { Shown } from "./shown.ts";
import type { State } from "./state.ts";
import type { Say } from "./words.ts";

export interface Props {
  scene: Scene;
  shown: Shown;
  /** The state of the page: where one is. */
  place: State;
  say: Say;
  /** Where a server is asked; `null` in a file, which has none. */
  asking: Asking | null;
  /** Change the state; a step in the browser's history unless `quietly`. */
  go: (change: Partial<State>, quietly?: boolean) => void;
  /** Read a sentence out to whoever does not see the picture. */
  tell: (sentence: string) => void;
}
