/**
 * Node 24 may abort where one thread frees a wrapper of WebAssembly that another has just made faster (V8's
 * `jit_page.has_value()`): each workflow has WebAssembly in a thread of its own, so none are made faster from the first
 * workflow on. Not from the start: what Node brings along is compiled for the flags it was built with, and with others
 * each process compiles it anew, which takes longer than most commands do.
 */
import { setFlagsFromString } from 'node:v8';

let areKept = false;

/** Of this process, for good; to be called before the first thread that has WebAssembly of its own. */
export function keepWrappers(): void {
  if (areKept) return;
  areKept = true;
  setFlagsFromString('--wasm-wrapper-tiering-budget=2147483647');
}
