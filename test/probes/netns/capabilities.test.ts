import { missingSights } from '../../../src/probes/netns/capabilities.ts';

test('what cannot be seen is named with the capability that would do', () => {
  expect(missingSights('CapEff:\t000001ffffffffff\n')).toEqual([]);
  expect(missingSights('CapEff:\t0000000000200000\n')).toEqual([
    'namespaces of other users’ processes are not seen: needs CAP_SYS_PTRACE',
  ]);
  expect(missingSights('').map((text) => text.split('needs ')[1])).toEqual(['CAP_SYS_PTRACE', 'CAP_SYS_ADMIN']);
});
