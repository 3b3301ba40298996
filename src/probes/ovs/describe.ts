/** Rows as metadata, by Skydive's names where it has one. */
import type { Metadata } from '../../graph/element.ts';
import type { Row } from '../../ovsdb/row.ts';
import type { Tables } from '../../ovsdb/tables.ts';
import { describeQos } from './qos.ts';
import { known, object, text } from './said.ts';
import { remotes } from './system.ts';

export function describeBridge(row: Row, system: Row | undefined, tables: Tables, database: string): Metadata {
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
      Controllers: remotes(tables, 'Controller', row.texts('controller')),
      Database: database,
    }),
  });
}

export function describePort(row: Row, tables: Tables, database: string): Metadata {
  const status = row.map('status');
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
      ActiveSlave: activeOf(row, tables),
      ActiveSlaveMAC: activeMac(row),
      FakeInterface: row.flag('bond_fake_iface'),
      StpState: text(status.get('stp_state')),
      StpRole: text(status.get('stp_role')),
      RstpRole: text(row.map('rstp_status').get('rstp_port_role')),
      RstpState: text(row.map('rstp_status').get('rstp_port_state')),
      QoS: describeQos(row.text('qos'), tables),
      Database: database,
    }),
  });
}

/** The interface of a bond that carries the traffic of none in particular: the database names its address. */
function activeOf(row: Row, tables: Tables): string | undefined {
  const mac = activeMac(row);
  if (mac === undefined) return undefined;
  const slaves = (row.texts('interfaces') ?? []).flatMap((uuid) => tables.row('Interface', uuid) ?? []);
  return slaves.find((slave) => slave.text('mac_in_use') === mac)?.text('name');
}

function activeMac(row: Row): string | undefined {
  const mac = row.text('bond_active_slave');
  // None of them works.
  return mac === '00:00:00:00:00:00' ? undefined : mac;
}

/** What the switch knows of an interface, whoever else speaks of it too. */
export function describeInterface(row: Row, deviceType: string | undefined, database: string): Metadata {
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
    TunKey: text(options.get('key')),
    Ovs: object({
      Type: type,
      Options: row.object('options'),
      OtherConfig: row.object('other_config'),
      Error: row.text('error'),
      DeviceType: deviceType === type ? undefined : deviceType,
      AdminState: row.text('admin_state'),
      LinkSpeed: row.number('link_speed'),
      Duplex: row.text('duplex'),
      LacpCurrent: flag(row, 'lacp_current'),
      BfdState: text(row.map('bfd_status').get('state')),
      CfmFault: flag(row, 'cfm_fault'),
      PolicingRate: row.number('ingress_policing_rate') || undefined,
      PolicingBurst: row.number('ingress_policing_burst') || undefined,
      Database: database,
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

/** Said also when it is not so: there it means something. */
function flag(row: Row, column: string): boolean | undefined {
  const value = row.columns.get(column);
  return typeof value === 'boolean' ? value : undefined;
}
