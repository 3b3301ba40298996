// Sends frames from standard input (two bytes of length each, little-endian, then the frame) on an interface, so many
// times over: ebpf_send INTERFACE TIMES. Says how many were sent.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AT_ONCE 256

int main(int count, char **arguments) {
  if (count != 3) return 2;
  size_t size = 0, room = 1 << 20;
  unsigned char *frames = malloc(room);
  for (ssize_t got; (got = read(0, frames + size, room - size)) > 0;) {
    size += got;
    if (size == room) frames = realloc(frames, room *= 2);
  }
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(arguments[1])};
  int bytes = 32 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
  if (bind(fd, (void *)&to, sizeof to)) return 3;
  static struct mmsghdr messages[AT_ONCE];
  static struct iovec pieces[AT_ONCE];
  long sent = 0;
  for (int times = atoi(arguments[2]); times > 0; times--) {
    for (size_t at = 0; at < size;) {
      int n = 0;
      for (; n < AT_ONCE && at < size; n++) {
        size_t length = frames[at] | frames[at + 1] << 8;
        pieces[n] = (struct iovec){frames + at + 2, length};
        messages[n].msg_hdr = (struct msghdr){.msg_iov = &pieces[n], .msg_iovlen = 1};
        at += 2 + length;
      }
      for (int done = 0; done < n;) {
        int now = sendmmsg(fd, messages + done, n - done, 0);
        if (now <= 0) continue;
        done += now;
        sent += now;
      }
    }
  }
  printf("%ld\n", sent);
  return 0;
}
