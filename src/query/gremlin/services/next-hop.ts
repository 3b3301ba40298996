import { parseAddress } from '../../../std/address.ts';
import { originOf } from '../../origin.ts';
import { nextHop as find } from '../../routing.ts';
import type { NextHop } from '../../step.ts';
import type { Service } from '../service.ts';
import { fromJson } from '../value/json.ts';
import type { GValue } from '../value/value.ts';
import { Parameters } from './parameters.ts';
import { vertexOf } from './vertex-of.ts';

export const nextHop: Service = {
  name: 'nextHop',
  doc: 'Where a vertex sends packets for an address next, as a map: by policy rules, longest prefix and metric.',
  parameters: { ip: 'The address; needed.' },
  place: 'streaming',
  *call(value, parameters, run) {
    const asked = new Parameters('nextHop', parameters, ['ip']);
    const text = asked.text('ip');
    if (text === undefined) throw asked.wrong('ip', "is needed, such as '10.0.0.1'");
    const address = parseAddress(text);
    if (address === undefined) throw asked.wrong('ip', `is no address: "${text}"`);
    const hop = find({ text, address }, originOf(vertexOf(value, 'nextHop', run), run.view));
    if (hop === undefined) return;
    yield hopMap(hop);
  },
};

export function hopMap({ priority, ip, mac, ifIndex }: NextHop): GValue {
  return fromJson({ Priority: priority, IP: ip, MAC: mac, IfIndex: ifIndex });
}
