/** setTimeout and its like. The host asks how long to wait, waits, and asks for what is due. */
import { wait } from './host.js';
import { thenable } from './thenable.js';

const timers = new Map();
const now = Date.now;
let lastId = 0;

function add(callback, ms, params, isRepeated) {
  const everyMs = Math.max(1, Number(ms) || 0);
  timers.set(++lastId, { callback, params, at: now() + everyMs, everyMs, isRepeated });
  return lastId;
}

export const setTimeout = (callback, ms, ...params) => add(callback, ms, params, false);
export const setInterval = (callback, ms, ...params) => add(callback, ms, params, true);
export const clearTimer = (id) => {
  timers.delete(id);
};

/** ms until the next is due; -1 when there is none. */
export function untilNext() {
  let next = Number.POSITIVE_INFINITY;
  for (const { at } of timers.values()) next = Math.min(next, at);
  return next === Number.POSITIVE_INFINITY ? -1 : Math.max(0, next - now());
}

/** Runs the one that is most overdue. */
export function runDue() {
  let due;
  for (const [id, timer] of timers) if (timer.at <= now() && (!due || timer.at < due.timer.at)) due = { id, timer };
  if (!due) return;
  const { id, timer } = due;
  if (timer.isRepeated) timer.at = now() + timer.everyMs;
  else timers.delete(id);
  timer.callback(...timer.params);
}

/** A promise in an async function, which will wait for it. Others may do nothing with what they get: waits in place. */
export function sleepFor(isAsync) {
  return (ms) => {
    if (isAsync()) return new Promise((resolve) => setTimeout(resolve, ms));
    wait(Math.max(0, Number(ms) || 0));
    return thenable(undefined);
  };
}
