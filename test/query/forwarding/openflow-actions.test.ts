/** Buckets are told as objects: what they do is the same as what is written of rules. */
import { readActions } from '../../../src/openflow/actions.ts';
import { actionTexts } from '../../../src/query/forwarding/openflow/action-text.ts';
import { wordsOf } from '../../../src/query/forwarding/openflow/words.ts';

/** As they come over the wire in OpenFlow 1.4. */
const output2 = '0000001000000002000000000000' + '0000';

test.each([
  ['output', output2, 'output:2'],
  ['a field', '0019001080000606001122334455' + '0000', 'set_field:00:11:22:33:44:55->eth_dst'],
  ['a tag', '00110008810000000012000800000000', 'push_vlan:33024,pop_vlan'],
  ['another group', '0016000800000007', 'group:7'],
  ['another table', 'ffff001000002320000efff8050000' + '00', 'resubmit(,5)'],
  ['another port', 'ffff001000002320000e0003ff0000' + '00', 'resubmit(3,)'],
  ['a register', 'ffff001800002320000701030001000400000000000000' + '05', 'load:5->reg0[4..7]'],
  ['a copy', `ffff002000002320002a000000000000${output2}`, 'clone(output:2)'],
  [
    'a port in a register',
    'ffff00180000232000' + '0f' + '040f' + '00010004' + 'ffff' + '000000000000',
    'output:reg0[16..31]',
  ],
  ['moved bits', 'ffff0018000023200006001000000010' + '0001000400010204', 'move:reg0[0..15]->reg1[16..31]'],
  [
    'connections with a translation',
    'ffff0038000023200023000100000000000102000000' +
      '0000' +
      'ffff0020000023200024' +
      '0000' +
      '0002' +
      '0011' +
      '0a000001' +
      '0050' +
      '0000000000000000' +
      '0000',
    'ct(commit,table=2,zone=1,nat(dst=10.0.0.1:80))',
  ],
])('%s', (_, bytes, text) => {
  const told = readActions(Buffer.from(bytes, 'hex'), 5);
  expect(actionTexts(told.map(({ word }) => word))).toBe(text);
  expect(wordsOf(text)[0]?.name).not.toBe('unknown');
});
