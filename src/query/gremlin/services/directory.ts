/** The service that lists the services. (TinkerPop: DirectoryService.) */
import type { Service } from '../service.ts';
import { GMap } from '../value/collections.ts';
import type { GValue } from '../value/value.ts';

export const LIST = '--list';

export const directory: Service = {
  name: LIST,
  doc: 'The services there are.',
  parameters: {
    service: 'the name of one of them',
    verbose: 'true: what each does and takes, not its name alone',
  },
  place: 'start',
  call(_value, parameters, { services }) {
    const name = parameters.get('service') ?? null;
    const listed = services.filter((service) => name === null || service.name === name);
    return listed.map((service) => (parameters.get('verbose') === true ? described(service) : service.name));
  },
};

function described({ name, doc, parameters, place }: Service): GMap {
  const types = place === 'either' ? ['Start', 'Streaming'] : [place === 'start' ? 'Start' : 'Streaming'];
  return new GMap([
    ['name', name],
    ['description', doc],
    ['type', types],
    ['params', new GMap(Object.entries(parameters) as (readonly [string, GValue])[])],
  ]);
}
