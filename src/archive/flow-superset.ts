/**
 * Of conditions on a flow as it is those that any version of it meets, too, when one does: a search that must not miss a
 * flow whose archived version meets them all. Who is A can change, and so can what counts or was understood; not what the
 * conversation is, nor where it was seen.
 */
import { canonicalField } from '../flow/fields.ts';
import type { FlowCondition, FlowTest, FlowValue } from '../flow/view.ts';

export function conditionsThatStay(where: readonly FlowCondition[]): FlowCondition[] {
  return where.flatMap(({ anyOf }) => {
    const tests = anyOf.map(testThatStays);
    return tests.some((test) => test === undefined) ? [] : [{ anyOf: tests as FlowTest[] }];
  });
}

function testThatStays(asked: FlowTest): FlowTest | undefined {
  const field = canonicalField(asked.field);
  if (staying.has(field)) return asked;
  const [ends, end] = field.split('.');
  if (ends === undefined || !twoEnded.has(ends) || (end !== 'A' && end !== 'B')) return undefined;
  const { test } = asked;
  return { ...asked, field: ends, test: (both) => (isList(both) ? both.some(test) : test(both)) };
}

const staying: ReadonlySet<string> = new Set([
  'UUID',
  'TrackingID',
  'L3TrackingID',
  'NodeTID',
  'CaptureID',
  'Network',
  'Network.Protocol',
]);

const twoEnded: ReadonlySet<string> = new Set(['Network']);

function isList(value: FlowValue | undefined): value is readonly FlowValue[] {
  return Array.isArray(value);
}
