/** The text of /metrics, read: https://prometheus.io/docs/instrumenting/exposition_formats/. Lines that are none are passed over. */
import type { Sample } from '../metric/expression.ts';

/** Lines that are read. */
const SAMPLES_MAX = 200_000;

export function samplesOf(text: string): readonly Sample[] {
  const found: Sample[] = [];
  for (const line of text.split('\n')) {
    if (found.length >= SAMPLES_MAX) break;
    const [, name, labels, value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      found.push({ name, labels: labelsOf(labels ?? ''), value: numberOf(value) });
  }
  return found;
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, name, value]) => [
      name,
      (value as string).replace(/\\(.)/g, (_, one) => (one === 'n' ? '\n' : one)),
    ]),
  );
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
