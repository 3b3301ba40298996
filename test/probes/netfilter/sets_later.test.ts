import { Graph } from '../../../src/graph/graph.ts';
import { MessageBuilder } from '../../../src/native/nlmsg.ts';
import { SET_FLAG } from '../../../src/probes/netfilter/nftnetlink.ts';
import type { Reading } from '../../../src/probes/netfilter/reading.ts';
import type { RawSet } from '../../../src/probes/netfilter/ruleset.ts';
import { Teller } from '../../../src/probes/netfilter/teller.ts';

function attributes(fill: (inside: MessageBuilder) => void): Uint8Array {
  const message = new MessageBuilder(0, 0);
  fill(message);
  return message.build().subarray(16);
}

const be32 = (number: number) => new Uint8Array([0, 0, 0, number]);

/** `ct state @NAME`: loaded into register 8, and looked up. */
const rule = (name: string) => ({
  ...{ family: 2, table: 't', chain: 'c', handle: 7, comment: '' },
  expressions: attributes((list) => {
    list.nested(1, (one) => one.string(1, 'ct').nested(2, (data) => data.bytes(1, be32(8)).bytes(2, be32(0))));
    list.nested(1, (one) => one.string(1, 'lookup').nested(2, (data) => data.string(1, name).bytes(2, be32(8))));
  }),
});

const set: RawSet = {
  ...{ family: 2, table: 't', name: '__set0', flags: SET_FLAG.anonymous, keyType: 26, keyLength: 4, dataType: 0 },
  ...{ isCut: false, readAtMs: 0 },
  elements: [
    { key: new Uint8Array([2, 0, 0, 0]), keyEnd: undefined, data: undefined, verdict: undefined, flags: 0 },
    { key: new Uint8Array([4, 0, 0, 0]), keyEnd: undefined, data: undefined, verdict: undefined, flags: 0 },
  ],
};

const reading = (sets: readonly RawSet[]): Reading => ({
  ...{ generation: 1, leftOut: 0, touched: undefined, sets },
  tables: [{ family: 2, name: 't', isDormant: false, handle: 1 }],
  chains: [{ family: 2, table: 't', name: 'c', hook: undefined, priority: 0, devices: [], policy: 1, type: '' }],
  rules: new Map([['2\0t\0c', [rule('__set0')]]]),
});

test('a rule whose set is read later says what is in it then', async () => {
  const teller = new Teller('n', new Graph().now());
  const first = (await teller.tell(reading([]), [])) ?? [];
  const texts = (changes: typeof first) =>
    changes.flatMap((change) => (change.kind === 'node' && 'Text' in change.metadata ? [change.metadata.Text] : []));
  expect(texts(first)).toEqual(['ct state @__set0']);
  const second = (await teller.tell(reading([set]), [])) ?? [];
  expect(texts(second)).toEqual(['ct state { established, related }']);
  expect(second.filter(({ kind }) => kind === 'gone')).toHaveLength(1);
});
