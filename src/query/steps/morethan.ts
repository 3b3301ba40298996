import { optionalCount } from '../arguments.ts';
import { defineStep, type FlowGroup, type Items } from '../step.ts';

export const moreThan = defineStep({
  name: 'MoreThan',
  dialect: ['skydive'],
  doc: 'Groups with more than so many flows (1).',
  args: optionalCount(1),
  example: {
    on: `10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"TrackingID":"t1"}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth1 {"TrackingID":"t1"}
      10.0.0.3:5353 -UDP-> 10.0.0.2:53 @eth0 {"TrackingID":"t2"}`,
    query: 'G.Flows().Group().MoreThan(1)',
    gives: ['t1 f1 f2'],
  },
  gives: { flowgroups: 'flowgroups' },
  stream: ({ count }) =>
    function* (input: Items<FlowGroup>) {
      for (const group of input) if (group === undefined || group.flows.length > count) yield group;
    },
});
