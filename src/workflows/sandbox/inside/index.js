/** The world of a script: what it finds by name, and how it is called. */
import * as api from './client.js';
import { consoleOf } from './console.js';
import * as gremlin from './gremlin.js';
import { done, failed, parse, stringify } from './host.js';
import * as timers from './timers.js';
import { UUID } from './uuid.js';

let isAsync = false;
const { Metadata, predicates, words, start: _, all: __, ...classes } = gremlin;
const { request, query, ...resources } = api;
const sleep = timers.sleepFor(() => isAsync);
const known = { ...classes, ...resources, ...predicates, ...words, Metadata, sleep };
const client = new api.Client();

Object.assign(globalThis, {
  ...known,
  api: known,
  client,
  console: consoleOf(),
  request,
  Gremlin: query,
  UUID,
  setTimeout: timers.setTimeout,
  setInterval: timers.setInterval,
  clearTimeout: timers.clearTimer,
  clearInterval: timers.clearTimer,
  exports: {},
  require: () => known,
});

const { apply } = Reflect;
const nameOf = Object.prototype.toString;

/** Called by the host with the script's function and the JSON of its parameters. */
globalThis.runWorkflow = (workflow, params) => {
  delete globalThis.runWorkflow;
  isAsync = apply(nameOf, workflow, []) === '[object AsyncFunction]';
  const give = (value) => {
    let text;
    try {
      text = stringify(value) ?? 'null';
    } catch (error) {
      return failed({ ...told(error), of: 'result' });
    }
    done(text);
  };
  try {
    const value = workflow(...parse(params));
    if (typeof value?.then === 'function') Promise.resolve(value).then(give).catch(fail);
    else give(value);
  } catch (error) {
    fail(error);
  }
};
globalThis.nextTimer = timers.untilNext;
globalThis.runTimer = timers.runDue;

function fail(error) {
  failed(told(error));
}

/** What was thrown may be anything, and may throw when it is looked at. */
function told(error) {
  try {
    if (error instanceof Error) {
      const { name, message, stack, cause } = error;
      const because = cause === undefined ? undefined : String(cause instanceof Error ? cause.message : cause);
      return { name: String(name), message: String(message), stack: String(stack), cause: because };
    }
    const message = typeof error === 'object' ? stringify(error) : String(error);
    return { name: '', message: message ?? String(error), stack: '' };
  } catch {
    return { name: '', message: 'something that cannot be shown was thrown', stack: '' };
  }
}
