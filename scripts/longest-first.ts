/**
 * The order in which files of tests begin. Where Jest has not run before it takes the largest first, as that may take
 * longest. These are small and take long: in the end they would be waited for, alone.
 */
import sequencer from '@jest/test-sequencer';

const long = ['kernel/ebpf_probed', 'kernel/packets_lifetime', 'kernel/lab', 'kernel/nexthop', 'archive/kill'];

// Its types are those of its CommonJS form, which has the class one level deeper.
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

export default class LongestFirst extends Sequencer {
  override sort(tests: Tests): Tests {
    const isLong = ({ path }: Tests[number]) => long.some((name) => path.endsWith(`/test/${name}.test.ts`));
    return [...(super.sort(tests) as Tests)].sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
}
