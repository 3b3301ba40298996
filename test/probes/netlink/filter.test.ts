/** TC filters, composed from struct tcmsg and TCA_BPF_* (linux/pkt_cls.h) as net/sched/cls_bpf.c dumps them. */
import { HEADER_BYTES, MessageBuilder } from '../../../src/native/nlmsg.ts';
import { readFilter } from '../../../src/probes/netlink/filter.ts';
import { be, words } from '../../fixtures/netlink/message.ts';

test('a BPF program on a hook is shown with its name, id and tag', () => {
  const protocol = words(0);
  protocol.set(be(3, 2), 0);
  protocol[2] = 1;
  const message = new MessageBuilder(44, 0)
    .fixed(Uint8Array.of(...words(0, 7, 1, 0xfffffff2), ...protocol))
    .string(1, 'bpf')
    .nested(2, (options) => {
      options
        .u32(8, 1)
        .string(7, 'from-container')
        .bytes(10, Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 1))
        .u32(11, 88);
    })
    .build();
  expect(readFilter(message.subarray(HEADER_BYTES))).toMatchObject({
    ifindex: 7,
    keys: {
      Hook: 'ingress',
      Kind: 'bpf',
      Priority: 1,
      Protocol: '0x0003',
      Handle: '0x1',
      Name: 'from-container',
      ID: 88,
      Tag: 'deadbeef00000001',
    },
  });
});
