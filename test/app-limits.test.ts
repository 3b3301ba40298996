import { apiLimits } from '../src/app-limits.ts';
import { loadConfig } from '../src/config/load.ts';

test('as many agents as an analyzer takes leave users all of their own connections', () => {
  const machine = { hostname: 'h', isRoot: false, dataHome: '/nowhere' };
  const { config } = loadConfig({
    flags: { probesEnabled: [], apiConnections: '10', analyzerAgents: '5000' },
    machine,
    probes: [],
  });
  expect(apiLimits(config).connectionsMax).toBe(10);
  expect(apiLimits(config, config.analyzer.agents).connectionsMax).toBe(5_010);
});
