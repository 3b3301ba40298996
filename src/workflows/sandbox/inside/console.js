/** console.log and its like: one line of text for each call. */
import { say, stringify } from './host.js';

export function consoleOf() {
  const log = (...values) => say(values.map(shown).join(' '));
  return { log, info: log, warn: log, error: log, debug: log };
}

function shown(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return stringify(value) ?? String(value);
  } catch (error) {
    return `[${error.message}]`;
  }
}
