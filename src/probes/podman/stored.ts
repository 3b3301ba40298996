/** Podman's containers as its files tell them: which there are, and which of them run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '../containers/container.ts';
import { entriesOf } from '../containers/files.ts';
import { readHosts } from '../containers/hosts.ts';
import { JsonFiles } from '../containers/jsonfiles.ts';
import { isAlive, isFrozen } from '../containers/process.ts';
import { listAt, textAt, textsOf, timeAt } from '../containers/reading.ts';
import { readSpec } from '../containers/spec.ts';
import type { Place } from './places.ts';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly image: string | undefined;
  readonly imageId: string | undefined;
  readonly created: number | undefined;
}

/** Beyond that they are not shown. */
const CONTAINERS_MAX = 10_000;

export class Stored {
  readonly #lists = new JsonFiles(readList);
  readonly #specs = new JsonFiles(readSpec);

  /** `directories`: what is to be watched for changes. */
  read(places: readonly Place[]): { containers: Container[]; directories: string[] } {
    const containers: Container[] = [];
    const directories: string[] = [];
    for (const { storage, run } of places) {
      // There is one for each driver of storage that was ever used: overlay-containers, vfs-containers.
      const drivers = entriesOf(storage).filter((name) => /^[a-z0-9]+-containers$/.test(name));
      directories.push(storage, ...drivers.map((name) => join(storage, name)));
      for (const driver of drivers) {
        for (const entry of this.#lists.get(join(storage, driver, 'containers.json')) ?? []) {
          const userdata = join(run, driver, entry.id, 'userdata');
          if (existsSync(userdata)) directories.push(userdata);
          containers.push(this.#container(entry, join(storage, driver, entry.id, 'userdata'), userdata));
        }
      }
      directories.push(...drivers.map((name) => join(run, name)));
    }
    this.#lists.turn();
    this.#specs.turn();
    return { containers, directories };
  }

  #container({ id, name, image, imageId, created }: Entry, kept: string, running: string): Container {
    const spec = this.#specs.get(join(kept, 'config.json'));
    const init = pidIn(join(running, 'pidfile'));
    const pid = init !== undefined && isAlive(init) ? init : undefined;
    const status = pid === undefined ? (spec ? 'exited' : 'created') : isFrozen(pid) ? 'paused' : 'running';
    return {
      key: id,
      name,
      pid,
      networks: [],
      facts: {
        id,
        status,
        image,
        imageId,
        labels: spec?.annotations.labels,
        more: {
          Created: created,
          Hosts: pid === undefined ? undefined : readHosts(spec?.hostsPath, spec?.hostname),
          Mounts: spec && spec.mounts.length > 0 ? spec.mounts : undefined,
        },
      },
    };
  }
}

/** containers.json of containers/storage; what Podman adds is JSON within JSON. */
function readList(json: unknown): readonly Entry[] | undefined {
  if (!Array.isArray(json)) return undefined;
  return json.slice(0, CONTAINERS_MAX).flatMap((entry): Entry[] => {
    const id = textAt(entry, 'id');
    if (id === undefined || !/^[0-9a-f]{64}$/.test(id)) return [];
    const more = parsed(textAt(entry, 'metadata'));
    return [
      {
        id,
        name: textsOf(listAt(entry, 'names'))[0] ?? id,
        image: textAt(more, 'image-name'),
        imageId: textAt(entry, 'image'),
        created: timeAt(entry, 'created'),
      },
    ];
  });
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pidIn(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
