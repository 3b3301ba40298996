/** The machine the tests run on. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, release } from 'node:os';
import { host } from '../../src/probes/host/index.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { expectVocabulary, runProbe, self } from '../probes/context.ts';

test('this machine is described in its own words', async () => {
  const probe = runProbe(host as Probe);
  await probe.ready;
  const [node] = probe.graph.now().nodes(self.id);
  expect(node?.metadata).toMatchObject({
    Hostname: hostname(),
    OS: 'linux',
    KernelVersion: release(),
    BootID: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    BootTime: expect.any(Number),
    MemoryTotal: expect.any(Number),
  });
  expect([node?.metadata.CPU].flat().length).toBeGreaterThanOrEqual(availableParallelism());
  expectVocabulary(host as Probe, probe.graph);
  await probe.stop();
});
