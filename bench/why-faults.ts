/**
 * More faults than the tests make, one after the other in one running network: at which rank `why` names each, and how
 * long that takes. Needs root. Run: node bench/why-faults.ts [words of the names of faults]
 */

import { inFolder, skeinUp } from '../test/e2e/running.ts';
import { faults } from '../test/kernel/why_faults.ts';
import { filterFaults } from '../test/kernel/why_faults_filters.ts';
import { linkFaults } from '../test/kernel/why_faults_links.ts';
import { routeFaults } from '../test/kernel/why_faults_routes.ts';
import { type Found, found, table } from '../test/kernel/why_found.ts';
import { WhyWorld } from '../test/kernel/why_world.ts';

const wanted = new RegExp(process.argv[2] ?? '.');
const all = [...filterFaults, ...routeFaults, ...linkFaults, ...faults].filter(({ name }) => wanted.test(name));
const rows: Found[] = [];
await inFolder(async (data) => {
  await using world = await WhyWorld.start();
  await world.ready();
  await using skein = await skeinUp(data, '--probes-ovs-databases', world.hosts.database);
  for (const fault of all)
    try {
      rows.push(await found(skein, world, fault));
      process.stdout.write(`${table(rows.slice(-1)).split('\n').at(-1)?.slice(0, 20_000)}\n`);
    } catch (error) {
      process.stdout.write(`${fault.name}: ${error}\n`);
    }
});
const within = (most: number) => rows.filter(({ rank }) => rank !== undefined && rank <= most).length;
process.stdout.write(`${rows.length} faults: ${within(1)} first, ${within(3)} within the first three\n`);
