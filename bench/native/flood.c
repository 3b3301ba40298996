/*
 * Sends UDP frames of many flows as fast as one processor can, from a packet socket.
 * flood INTERFACE PACKETS [FLOWS [BYTES [TAG…]]]   TAG: VLAN id, the outermost first (802.1Q; 802.1ad where another follows)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { kAtOnce = 128, kFrameBytesMax = 1500 };

static uint8_t frames[kAtOnce][kFrameBytesMax];

static void put16(uint8_t *at, unsigned value) {
  at[0] = value >> 8;
  at[1] = value;
}

/* From 10.x.x.x to 10.77.0.9, port 10000; returns where the IPv4 header begins. */
static unsigned build(uint8_t *frame, unsigned bytes, int tags, char **tag) {
  static const uint8_t macs[12] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 7};
  unsigned at = sizeof macs;
  memcpy(frame, macs, sizeof macs);
  for (int i = 0; i < tags; i++, at += 4) {
    put16(frame + at, i + 1 < tags ? ETH_P_8021AD : ETH_P_8021Q);
    put16(frame + at + 2, atoi(tag[i]));
  }
  put16(frame + at, ETH_P_IP);
  uint8_t *const ip = frame + at + 2;
  const unsigned length = bytes - at - 2;
  ip[0] = 0x45;
  put16(ip + 2, length);
  ip[8] = 64;
  ip[9] = IPPROTO_UDP;
  ip[12] = 10;
  memcpy(ip + 16, (uint8_t[]){10, 77, 0, 9}, 4);
  put16(ip + 22, 10000);
  put16(ip + 24, length - 20);
  return at + 2;
}

static void number(uint8_t *ip, unsigned flow) {
  ip[13] = flow >> 16;
  ip[14] = flow >> 8;
  ip[15] = flow;
  put16(ip + 20, 4096 + (flow & 0xfff));
}

int main(int count, char **given) {
  if (count < 3) {
    fprintf(stderr, "flood INTERFACE PACKETS [FLOWS [BYTES [TAG...]]]\n");
    return 2;
  }
  long left = atol(given[2]);
  const unsigned flows = count > 3 ? (unsigned)atoi(given[3]) : 1;
  unsigned bytes = count > 4 ? (unsigned)atoi(given[4]) : 60;
  if (bytes < 60) bytes = 60;
  if (bytes > kFrameBytesMax) bytes = kFrameBytesMax;
  const int tags = count > 5 ? count - 5 : 0;
  const int fd = socket(AF_PACKET, SOCK_RAW, 0);
  const struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(given[1])};
  if (fd < 0 || bind(fd, (const void *)&to, sizeof to) != 0) {
    perror(given[1]);
    return 1;
  }
  struct mmsghdr messages[kAtOnce] = {0};
  struct iovec parts[kAtOnce];
  unsigned ip = 0;
  for (int i = 0; i < kAtOnce; i++) {
    ip = build(frames[i], bytes, tags, given + 5);
    parts[i] = (struct iovec){frames[i], bytes};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  unsigned flow = 0;
  while (left > 0) {
    const int now = left < kAtOnce ? (int)left : kAtOnce;
    for (int i = 0; i < now; i++, flow = flow + 1 < flows ? flow + 1 : 0) number(frames[i] + ip, flow);
    for (int done = 0; done < now;) {
      const int sent = sendmmsg(fd, messages + done, now - done, 0);
      if (sent > 0) done += sent;
      else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {
        perror("send");
        return 1;
      }
    }
    left -= now;
  }
  return 0;
}
