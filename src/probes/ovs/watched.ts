/** Tables and columns of the database of Open vSwitch that are read (ovs-vswitchd.conf.db(5)). */
import type { Wanted } from '../../ovsdb/database.ts';

export const watched: Wanted = {
  Open_vSwitch: [
    ...['ovs_version', 'db_version', 'system_type', 'system_version', 'datapath_types', 'iface_types'],
    ...['dpdk_initialized', 'dpdk_version', 'manager_options', 'external_ids', 'other_config'],
  ],
  Manager: ['target', 'is_connected', 'connection_mode', 'status'],
  Controller: ['target', 'is_connected', 'role', 'connection_mode', 'status'],
  Bridge: [
    ...['name', 'ports', 'mirrors', 'controller', 'external_ids', 'other_config', 'protocols', 'datapath_type'],
    ...['datapath_id', 'datapath_version', 'fail_mode', 'stp_enable', 'rstp_enable', 'mcast_snooping_enable'],
    'flood_vlans',
  ],
  Port: [
    ...['name', 'interfaces', 'tag', 'trunks', 'vlan_mode', 'cvlans', 'bond_mode', 'bond_active_slave', 'lacp'],
    ...['bond_fake_iface', 'protected', 'fake_bridge', 'qos', 'status', 'rstp_status', 'external_ids', 'other_config'],
    'statistics',
  ],
  Interface: [
    ...['name', 'type', 'ofport', 'ifindex', 'mac_in_use', 'mtu', 'link_state', 'error', 'status', 'options'],
    ...['admin_state', 'link_speed', 'duplex', 'lacp_current', 'bfd_status', 'cfm_fault', 'ingress_policing_rate'],
    ...['ingress_policing_burst', 'external_ids', 'other_config', 'statistics'],
  ],
  Mirror: [
    ...['name', 'select_all', 'select_src_port', 'select_dst_port', 'select_vlan', 'output_port', 'output_vlan'],
    ...['snaplen', 'external_ids', 'statistics'],
  ],
  QoS: ['type', 'queues', 'other_config'],
  Queue: ['dscp', 'other_config'],
};
