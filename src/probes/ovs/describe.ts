/** Rows as metadata, by Skydive's names where it has one. */
import type { Metadata, Value } from '../../graph/element.ts';
import type { Row } from '../../ovsdb/row.ts';

export function describeBridge(row: Row, system: Row | undefined): Metadata {
  return known({
    Name: row.text('name') ?? row.uuid,
    Type: 'ovsbridge',
    UUID: row.uuid,
    ExtID: row.object('external_ids'),
    Ovs: object({
      OtherConfig: row.object('other_config'),
      Protocols: row.texts('protocols'),
      DatapathType: row.text('datapath_type'),
      DatapathID: row.text('datapath_id'),
      DatapathVersion: row.text('datapath_version'),
      FailMode: row.text('fail_mode'),
      StpEnable: row.flag('stp_enable'),
      RstpEnable: row.flag('rstp_enable'),
      McastSnoopingEnable: row.flag('mcast_snooping_enable'),
      FloodVLANs: row.numbers('flood_vlans'),
      Version: system?.text('ovs_version'),
      DBVersion: system?.text('db_version'),
    }),
  });
}

export function describePort(row: Row): Metadata {
  const tag = row.number('tag');
  const trunks = row.numbers('trunks');
  const vlans = [...new Set([...(tag === undefined ? [] : [tag]), ...(trunks ?? [])])];
  return known({
    Name: row.text('name') ?? row.uuid,
    Type: 'ovsport',
    UUID: row.uuid,
    Vlans: vlans.length > 0 ? vlans : undefined,
    Tag: tag,
    Trunks: trunks,
    VlanMode: row.text('vlan_mode'),
    BondMode: row.text('bond_mode'),
    LACP: row.text('lacp'),
    ExtID: row.object('external_ids'),
    Ovs: object({
      OtherConfig: row.object('other_config'),
      CVLANs: row.numbers('cvlans'),
      Protected: row.flag('protected'),
      FakeBridge: row.flag('fake_bridge'),
    }),
  });
}

/** What the switch knows of an interface, whoever else speaks of it too. */
export function describeInterface(row: Row, deviceType: string | undefined): Metadata {
  const options = row.map('options');
  const status = row.map('status');
  const type = typeOf(row);
  return known({
    UUID: row.uuid,
    OfPort: row.number('ofport'),
    ExtID: row.object('external_ids'),
    LocalIP: text(options.get('local_ip')),
    RemoteIP: text(options.get('remote_ip')),
    TunEgressIface: text(status.get('tunnel_egress_iface')),
    TunEgressIfaceCarrier: text(status.get('tunnel_egress_iface_carrier')),
    Ovs: object({
      Type: type,
      Options: row.object('options'),
      OtherConfig: row.object('other_config'),
      Error: row.text('error'),
      DeviceType: deviceType === type ? undefined : deviceType,
    }),
  });
}

/** What the kernel would say, of an interface that it does not have. */
export function describeDevice(row: Row): Metadata {
  return known({
    Name: row.text('name') ?? row.uuid,
    Type: typeOf(row),
    Driver: text(row.map('status').get('driver_name')) ?? 'openvswitch',
    MAC: row.text('mac_in_use'),
    MTU: row.number('mtu'),
    State: row.text('link_state')?.toUpperCase(),
  });
}

/** 'system' is the default (ovs-vswitchd.conf.db(5), Interface). */
export function typeOf(row: Row): string {
  return row.text('type') ?? 'system';
}

function text(value: string | number | boolean | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}

function object(values: Readonly<Record<string, Value | undefined>>): Metadata | undefined {
  const result = known(values);
  return Object.keys(result).length > 0 ? result : undefined;
}

function known(values: Readonly<Record<string, Value | undefined>>): Metadata {
  const entries = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
