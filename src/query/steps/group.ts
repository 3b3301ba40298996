import type { Flow } from '../../flow/flow.ts';
import { keys } from '../arguments.ts';
import { flowKey } from '../flowkey.ts';
import { weightOf } from '../limits.ts';
import { defineStep, type FlowGroup, type Items } from '../step.ts';

export const group = defineStep({
  name: 'Group',
  dialect: ['skydive'],
  doc: 'Flows that agree in a field (TrackingID), under its value; what does not have it is left out.',
  args: keys({ least: 0, most: 1 }),
  example: {
    on: `10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0
      10.0.0.3:5353 -UDP-> 10.0.0.2:53 @eth0
      10.0.0.4:41000 -TCP-> 10.0.0.2:80 @eth0`,
    query: "G.Flows().Group('Transport.B')",
    gives: ['80 f1 f3', '53 f2'],
  },
  gives: { flows: 'flowgroups' },
  stream: ([key]) => {
    const { read } = flowKey(key?.text ?? 'TrackingID');
    const weight = weightOf('flows');
    return function* (input: Items<Flow>, { budget }): Generator<FlowGroup | undefined> {
      const groups = new Map<string, Flow[]>();
      for (const flow of input) {
        const value = flow === undefined ? undefined : read(flow);
        if (flow === undefined) yield undefined;
        if (flow === undefined || value === undefined || value === null) continue;
        budget.hold(weight);
        const id = typeof value === 'string' ? value : JSON.stringify(value);
        const flows = groups.get(id);
        if (flows === undefined) groups.set(id, [flow]);
        else flows.push(flow);
      }
      for (const [id, flows] of groups) {
        if (budget.spend()) yield undefined;
        yield { id, flows };
      }
    };
  },
});
