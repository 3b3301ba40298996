/* Makes a tun device and reads it, so that it has a carrier, until its own input ends. packets_tun NAME */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int count, char **given) {
  const int fd = open("/dev/net/tun", O_RDWR);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  if (count > 1) strncpy(request.ifr_name, given[1], IFNAMSIZ - 1);
  if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0) {
    perror("tun");
    return 1;
  }
  puts("open");
  fflush(stdout);
  char packet[2048];
  struct pollfd waited[2] = {{fd, POLLIN, 0}, {0, POLLIN, 0}};
  for (;;) {
    poll(waited, 2, -1);
    if (waited[1].revents != 0) return 0;
    if (waited[0].revents != 0 && read(fd, packet, sizeof packet) < 0) return 1;
  }
}
