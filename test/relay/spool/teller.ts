/** An agent that tells a spool of its nodes. */
import type { Element } from '../../../src/graph/element.ts';
import type { Told } from '../../../src/graph/told.ts';
import type { Facts } from '../../../src/relay/message.ts';
import type { Disk } from '../../../src/relay/spool/disk.ts';
import { openSpool } from '../../../src/relay/spool/open.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { emptyFacts, nodeOf } from '../facts.ts';

/** Each `tell` is one commit of its graph. */
export async function start(disk: Disk, options: { maxBytes?: number } = {}) {
  const said: string[] = [];
  const clock = fakeClock();
  const elements = new Map<string, Element>();
  const picture = (): Told[] => [...elements.values()].map((element) => ({ kind: 'version', element }));
  const log = { info: (line: string) => void said.push(line), warn: (line: string) => void said.push(line) };
  const uuid = () => `spool-${++names}`;
  const spool = await openSpool({ disk, clock, log, uuid, picture, ...options });
  const { elements: left } = spool.restored();
  for (const element of left) elements.set(element.id, element);
  let time = 1000;
  return {
    spool,
    clock,
    said,
    elements,
    picture,
    restored: new Map(elements) as ReadonlyMap<string, Element>,
    tell(id: string, metadata = {}, more: Partial<Facts> = {}) {
      const known = elements.get(id);
      time++;
      if (!known) {
        const element = { ...nodeOf(id, 1, metadata), host: `host-of-${id}` };
        elements.set(id, element);
        return spool.append({ ...emptyFacts(time), ...more, graph: [{ kind: 'version', element }] });
      }
      const { createdAt } = known;
      const revision = known.revision + 1;
      const set = { ...metadata, [`k${revision % 3}`]: revision };
      elements.set(id, {
        ...known,
        revision,
        metadata: { ...known.metadata, ...set },
        updatedAt: time,
        recordedAt: time,
      });
      const told: Told = { kind: 'update', of: 'node', id, createdAt, revision, updatedAt: time, set, unset: [] };
      return spool.append({ ...emptyFacts(time), ...more, graph: [told] });
    },
    gone(id: string) {
      const { createdAt, revision } = elements.get(id) as Element;
      elements.delete(id);
      time++;
      const told: Told = { kind: 'gone', of: 'node', id, createdAt, revision, deletedAt: time };
      return spool.append({ ...emptyFacts(time), graph: [told] });
    },
  };
}

let names = 0;
