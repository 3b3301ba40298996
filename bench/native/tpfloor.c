/*
 * The floor of a packet socket: reads a TPACKET_V3 ring, finds the addresses and ports of each packet, counts it in a hash
 * table. No tunnels, no tags, no TCP, no samples. tpfloor INTERFACE [SNAP [RING_KIB]], until its input ends; then says
 * what it cost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "floor.h"

int main(int count, char **given) {
  if (count < 2) return 2;
  const unsigned snap = count > 2 ? (unsigned)atoi(given[2]) : 256;
  const unsigned block = 256 * 1024, blocks = (count > 3 ? (unsigned)atoi(given[3]) : 8192) / 256;
  const int fd = socket(AF_PACKET, SOCK_RAW, 0), version = TPACKET_V3;
  struct sock_filter pass = BPF_STMT(BPF_RET | BPF_K, snap);
  const struct sock_fprog program = {1, &pass};
  const struct tpacket_req3 ring = {
      .tp_block_size = block, .tp_block_nr = blocks, .tp_frame_size = 2048, .tp_frame_nr = block / 2048 * blocks, .tp_retire_blk_tov = 62};
  const struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(given[1])};
  uint8_t *memory = MAP_FAILED;
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0 &&
      setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 &&
      setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) == 0)
    memory = mmap(NULL, (size_t)block * blocks, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED || bind(fd, (const void *)&at, sizeof at) != 0) {
    perror(given[1]);
    return 1;
  }
  puts("open");
  fflush(stdout);
  struct flows flows = make_flows();
  unsigned long packets = 0;
  struct pollfd waited[2] = {{fd, POLLIN, 0}, {0, POLLIN, 0}};
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (unsigned now = 0; waited[1].revents == 0;) {
    struct tpacket_hdr_v1 *const head = &((struct tpacket_block_desc *)(memory + (size_t)now * block))->hdr.bh1;
    if (!(__atomic_load_n(&head->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
      poll(waited, 2, -1);
      continue;
    }
    uint8_t *packet = memory + (size_t)now * block + head->offset_to_first_pkt;
    for (unsigned left = head->num_pkts; left > 0; left--) {
      const struct tpacket3_hdr *const its = (const void *)packet;
      count_packet(&flows, packet + its->tp_mac, its->tp_snaplen, its->tp_len, its->tp_sec * 1000000000ull + its->tp_nsec);
      packets++;
      packet += its->tp_next_offset;
    }
    __atomic_store_n(&head->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    now = (now + 1) % blocks;
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  struct tpacket_stats_v3 stats;
  socklen_t size = sizeof stats;
  getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size);
  printf("{\"packets\":%lu,\"received\":%u,\"dropped\":%u,\"flows\":%lu,\"cpuNs\":%.0f}\n", packets, stats.tp_packets,
         stats.tp_drops, flows.used, (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec));
  return 0;
}
