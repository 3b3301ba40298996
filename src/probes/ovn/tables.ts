/** The tables of the northbound database (ovn-nb(5)): what their rows are called here, and what they name. */
import type { Wanted } from '../../ovsdb/database.ts';

export interface OvnTable {
  /** In the database. */
  readonly table: string;
  /** Type of node, by Skydive's names. */
  readonly type: string;
  readonly doc: string;
  /** Columns whose first text is the name of a row; without any its UUID is. */
  readonly named: readonly string[];
  /** Columns shown, besides external_ids. What changes all the time, and where keys lie, is not among them. */
  readonly columns: readonly string[];
  /** Columns that hold UUIDs of rows of another table. */
  readonly refers?: Readonly<Record<string, Reference>>;
  /** Columns that hold names of ports. */
  readonly names?: Readonly<Record<string, Reference>>;
}

export interface Reference {
  readonly table: string;
  /** 'ownership' where a row holds the other, which is gone with it. */
  readonly relation: 'ownership' | 'ovn';
}

const [SWITCH_PORT, ROUTER_PORT] = ['Logical_Switch_Port', 'Logical_Router_Port'];
const names = (table: string): Reference => ({ table, relation: 'ovn' });
const holds = (table: string): Reference => ({ table, relation: 'ownership' });

const balancers = {
  load_balancer: names('Load_Balancer'),
  load_balancer_group: names('Load_Balancer_Group'),
  copp: names('Copp'),
};

export const ovnTables: readonly OvnTable[] = [
  {
    table: 'NB_Global',
    type: 'NBGlobal',
    doc: 'What holds for all of an OVN.',
    named: ['name'],
    columns: ['name', 'options', 'ipsec'],
    refers: { connections: names('Connection'), ssl: names('SSL') },
  },
  {
    table: 'Logical_Switch',
    type: 'LogicalSwitch',
    doc: 'A switch of OVN, on all its hosts at once.',
    named: ['name'],
    columns: ['name', 'other_config'],
    refers: {
      ports: holds(SWITCH_PORT),
      acls: names('ACL'),
      qos_rules: names('QoS'),
      dns_records: names('DNS'),
      forwarding_groups: names('Forwarding_Group'),
      ...balancers,
    },
  },
  {
    table: SWITCH_PORT,
    type: 'LogicalSwitchPort',
    doc: 'A port of a switch of OVN: a machine, a container, a router, a way out.',
    named: ['name'],
    columns: [
      ...['name', 'type', 'options', 'parent_name', 'tag_request', 'tag', 'addresses', 'dynamic_addresses'],
      ...['port_security', 'up', 'enabled'],
    ],
    refers: {
      dhcpv4_options: names('DHCP_Options'),
      dhcpv6_options: names('DHCP_Options'),
      ha_chassis_group: names('HA_Chassis_Group'),
      mirror_rules: names('Mirror'),
    },
    names: { parent_name: names(SWITCH_PORT) },
  },
  {
    table: 'Logical_Router',
    type: 'LogicalRouter',
    doc: 'A router of OVN, on all its hosts at once.',
    named: ['name'],
    columns: ['name', 'enabled', 'options'],
    refers: {
      ports: holds(ROUTER_PORT),
      static_routes: names('Logical_Router_Static_Route'),
      policies: names('Logical_Router_Policy'),
      nat: names('NAT'),
      ...balancers,
    },
  },
  {
    table: ROUTER_PORT,
    type: 'LogicalRouterPort',
    doc: 'A port of a router of OVN, with its networks.',
    named: ['name'],
    columns: ['name', 'options', 'networks', 'mac', 'peer', 'enabled', 'ipv6_ra_configs', 'ipv6_prefix'],
    refers: { gateway_chassis: names('Gateway_Chassis'), ha_chassis_group: names('HA_Chassis_Group') },
  },
  {
    table: 'Logical_Router_Static_Route',
    type: 'LogicalRouterStaticRoute',
    doc: 'A route that was set on a router of OVN.',
    named: ['ip_prefix'],
    columns: ['route_table', 'ip_prefix', 'policy', 'nexthop', 'output_port', 'options'],
    refers: { bfd: names('BFD') },
    names: { output_port: names(ROUTER_PORT) },
  },
  {
    table: 'Logical_Router_Policy',
    type: 'LogicalRouterPolicy',
    doc: 'Where a router of OVN sends what matches.',
    named: ['match'],
    columns: ['priority', 'match', 'action', 'nexthop', 'nexthops', 'options'],
  },
  {
    table: 'NAT',
    type: 'NAT',
    doc: 'A translation of addresses at a router of OVN.',
    named: ['external_ip'],
    columns: [
      ...['external_ip', 'external_mac', 'external_port_range', 'logical_ip', 'logical_port', 'type', 'options'],
    ],
    refers: {
      allowed_ext_ips: names('Address_Set'),
      exempted_ext_ips: names('Address_Set'),
      gateway_port: names(ROUTER_PORT),
    },
    names: { logical_port: names(SWITCH_PORT) },
  },
  {
    table: 'ACL',
    type: 'ACL',
    doc: 'What a switch or a group of ports of OVN lets through.',
    named: ['name', 'match'],
    columns: [
      ...['name', 'priority', 'direction', 'match', 'action', 'log', 'severity', 'meter', 'label', 'tier', 'options'],
    ],
  },
  {
    table: 'QoS',
    type: 'QoS',
    doc: 'Marks and rates of what matches at a switch of OVN.',
    named: ['match'],
    columns: ['priority', 'direction', 'match', 'action', 'bandwidth'],
  },
  {
    table: 'Address_Set',
    type: 'AddressSet',
    doc: 'Addresses under one name.',
    named: ['name'],
    columns: ['name', 'addresses'],
  },
  {
    table: 'Port_Group',
    type: 'PortGroup',
    doc: 'Ports under one name, with what they let through.',
    named: ['name'],
    columns: ['name'],
    refers: { ports: names(SWITCH_PORT), acls: names('ACL') },
  },
  {
    table: 'Load_Balancer',
    type: 'LoadBalancer',
    doc: 'Addresses and what stands behind them.',
    named: ['name'],
    columns: ['name', 'vips', 'protocol', 'ip_port_mappings', 'selection_fields', 'options'],
    refers: { health_check: names('Load_Balancer_Health_Check') },
  },
  {
    table: 'Load_Balancer_Group',
    type: 'LoadBalancerGroup',
    doc: 'Load balancers under one name.',
    named: ['name'],
    columns: ['name'],
    refers: { load_balancer: names('Load_Balancer') },
  },
  {
    table: 'Load_Balancer_Health_Check',
    type: 'LoadBalancerHealthCheck',
    doc: 'How it is found out whether what stands behind an address is alive.',
    named: ['vip'],
    columns: ['vip', 'options'],
  },
  {
    table: 'Forwarding_Group',
    type: 'ForwardingGroup',
    doc: 'Ports that share the packets for one address.',
    named: ['name'],
    columns: ['name', 'vip', 'vmac', 'liveness', 'child_port'],
    names: { child_port: names(SWITCH_PORT) },
  },
  {
    table: 'DHCP_Options',
    type: 'DHCPOptions',
    doc: 'What OVN answers to DHCP.',
    named: ['cidr'],
    columns: ['cidr', 'options'],
  },
  { table: 'DNS', type: 'DNS', doc: 'Names that OVN answers for.', named: [], columns: ['records'] },
  {
    table: 'Meter',
    type: 'Meter',
    doc: 'A limit of rates.',
    named: ['name'],
    columns: ['name', 'unit', 'fair'],
    refers: { bands: names('Meter_Band') },
  },
  {
    table: 'Meter_Band',
    type: 'MeterBand',
    doc: 'What happens above a rate.',
    named: [],
    columns: ['action', 'rate', 'burst_size'],
  },
  {
    table: 'Copp',
    type: 'Copp',
    doc: 'Limits of what reaches the controller.',
    named: ['name'],
    columns: ['name', 'meters'],
  },
  {
    table: 'Mirror',
    type: 'Mirror',
    doc: 'Where frames of ports are copied to.',
    named: ['name'],
    columns: ['name', 'filter', 'sink', 'type', 'index'],
  },
  {
    table: 'Gateway_Chassis',
    type: 'GatewayChassis',
    doc: 'A host that may be the gateway of a router port.',
    named: ['name', 'chassis_name'],
    columns: ['name', 'chassis_name', 'priority', 'options'],
  },
  {
    table: 'HA_Chassis',
    type: 'HAChassis',
    doc: 'A host of a group, with its priority.',
    named: ['chassis_name'],
    columns: ['chassis_name', 'priority'],
  },
  {
    table: 'HA_Chassis_Group',
    type: 'HAChassisGroup',
    doc: 'Hosts that stand in for each other.',
    named: ['name'],
    columns: ['name'],
    refers: { ha_chassis: names('HA_Chassis') },
  },
  {
    table: 'BFD',
    type: 'BFD',
    doc: 'A watch over the way to a next hop.',
    named: ['dst_ip'],
    columns: ['logical_port', 'dst_ip', 'min_tx', 'min_rx', 'detect_mult', 'status', 'options'],
    names: { logical_port: names(ROUTER_PORT) },
  },
  {
    table: 'Static_MAC_Binding',
    type: 'StaticMACBinding',
    doc: 'A neighbour that was set at a router port.',
    named: ['ip'],
    columns: ['logical_port', 'ip', 'mac', 'override_dynamic_mac'],
    names: { logical_port: names(ROUTER_PORT) },
  },
  {
    table: 'Chassis_Template_Var',
    type: 'ChassisTemplateVar',
    doc: 'Variables of one host.',
    named: ['chassis'],
    columns: ['chassis', 'variables'],
  },
  {
    table: 'Connection',
    type: 'Connection',
    doc: 'Where the database listens, or connects to.',
    named: ['target'],
    columns: ['target', 'max_backoff', 'inactivity_probe', 'is_connected'],
  },
  {
    table: 'SSL',
    type: 'SSL',
    doc: 'How the database speaks TLS. Where its keys lie is not told.',
    named: [],
    columns: ['bootstrap_ca_cert', 'ssl_protocols', 'ssl_ciphers'],
  },
];

export const wanted: Wanted = Object.fromEntries(
  ovnTables.map(({ table, columns, refers = {} }) => [table, [...columns, ...Object.keys(refers), 'external_ids']]),
);
