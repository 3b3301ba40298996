/** Whether what an agent answers about flows has the form of an answer: one that is broken or means harm has no part in it. */
import type { ReplyPart } from './fleet.ts';

export function isGoodPart(what: string, { body }: ReplyPart): boolean {
  switch (what) {
    case 'flows.count':
      return Number.isSafeInteger(body) && (body as number) >= 0;
    case 'flows.metrics':
      return isListOf(body, (one) => Array.isArray(one) && typeof one[0] === 'string' && isListOf(one[1], isMetric));
    case 'flows.packets':
      return (
        isRecord(body) && typeof body.uuid === 'string' && haveNumbers(body, ['timestampMs', 'length', 'linkType'])
      );
    case 'flows.loss':
      return isListOf(body, (one) => isRecord(one) && typeof one.host === 'string' && haveNumbers(one, ['from', 'to']));
    default:
      return true;
  }
}

function isMetric(value: unknown): boolean {
  return isRecord(value) && haveNumbers(value, ['ABPackets', 'ABBytes', 'BAPackets', 'BABytes', 'Start', 'Last']);
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function haveNumbers(value: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.every((key) => Number.isFinite(value[key]));
}
