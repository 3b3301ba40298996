import { fieldValue, flowFields } from '../../src/flow/fields.ts';
import { flowKey } from '../../src/query/flowkey.ts';
import { readFlows } from './flow-text.ts';

const [fact] = readFlows(
  '10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"Link":{"A":"02:01","B":"02:02"},"DNS":{"questions":[{"name":"a"},{"name":"b"}]}}',
).flows;
const flow = (fact as NonNullable<typeof fact>).flow;

test('a filter of a query sees of a flow what a store sees', () => {
  const names = [...flowFields.map(({ name }) => name), 'TCP.B', 'IPV4', 'ETHERNET', 'DNS.questions.name', 'DNS.none'];
  for (const name of names) expect([name, flowKey(name).compared(flow)]).toEqual([name, fieldValue(flow, name)]);
});

test('a layer alone is both of its ends to a filter, and itself to who reads it', () => {
  expect(flowKey('IPV4').compared(flow)).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(flowKey('IPV4').read(flow)).toMatchObject({ A: '10.0.0.1', B: '10.0.0.2', Protocol: 'IPV4' });
  expect(flowKey('TCP.B')).toMatchObject({ field: 'Transport.B' });
});
