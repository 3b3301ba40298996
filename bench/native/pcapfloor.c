/* The floor of a capture file: pcap mapped into memory, each packet counted in a hash table. pcapfloor FILE */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "floor.h"

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int count, char **given) {
  struct stat file;
  const int fd = count > 1 ? open(given[1], O_RDONLY) : -1;
  if (fd < 0 || fstat(fd, &file) != 0) return 1;
  struct flows flows = make_flows();
  const double from = seconds();
  const uint8_t *at = mmap(NULL, file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  const uint8_t *const end = at + file.st_size;
  unsigned long packets = 0;
  for (at += 24; end - at >= 16; packets++) {
    uint32_t head[4];
    memcpy(head, at, sizeof head);
    if ((size_t)(end - at) < 16 + (size_t)head[2]) break;
    count_packet(&flows, at + 16, head[2], head[3], head[0] * 1000000000ull + head[1] * 1000ull);
    at += 16 + head[2];
  }
  printf("{\"packets\":%lu,\"flows\":%lu,\"seconds\":%.6f}\n", packets, flows.used, seconds() - from);
  return 0;
}
