/* The witness guest on Xen: the first process of a Linux guest, and its `poweroff`. No libc.
 *
 * It writes the record that guest.S describes, about ten times a second: sector 64 + the low byte of the incarnation has
 * "VRTGUEST", the incarnation, the counter and the flags. It reads no commands.
 *
 * `xl shutdown` reaches the kernel, which runs /sbin/poweroff: this program again, which tells the first process by a
 * signal. That one writes its last record and powers the guest off.
 *
 *   cc -static -nostdlib -ffreestanding -fno-stack-protector -O2
 */
#include <asm/unistd.h>

#define SECTOR 512
#define RECORD_SECTOR 64
#define FLAG_BUTTON 1
#define FLAG_CLEAN 2
#define O_WRONLY 1
#define O_DSYNC 010000
#define O_DIRECT 040000
#define SIGUSR1 10
#define SIG_BLOCK 0
#define GRND_INSECURE 4
#define LINUX_REBOOT_MAGIC1 0xfee1dead
#define LINUX_REBOOT_MAGIC2 672274793
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321fedc

struct record {
    char name[8];
    unsigned long incarnation;
    unsigned long counter;
    unsigned short flags;
    char rest[SECTOR - 26];
};

struct time {
    long seconds, nanoseconds;
};

static const struct time tick = {0, 100000000};
static const unsigned long button = 1UL << (SIGUSR1 - 1);
static struct record record __attribute__((aligned(4096))) = {.name = "VRTGUEST"};

static long call(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

/* Sleeps for a tick. Whether the kernel asked for a shutdown meanwhile. */
static int button_in_tick(void)
{
    return call(__NR_rt_sigtimedwait, (long)&button, 0, (long)&tick, 8) == SIGUSR1;
}

static void write_record(long disk)
{
    record.counter++;
    call(__NR_pwrite64, disk, (long)&record, SECTOR, (RECORD_SECTOR + (record.incarnation & 255)) * SECTOR);
}

static long open_disk(void)
{
    long module = call(__NR_open, (long)"/xen-blkfront.ko", 0, 0, 0), disk;
    call(__NR_finit_module, module, (long)"", 0, 0);
    while ((disk = call(__NR_open, (long)"/dev/xvda", O_WRONLY | O_DSYNC | O_DIRECT, 0, 0)) < 0)
        button_in_tick();
    return disk;
}

static void be_the_first_process(void)
{
    call(__NR_rt_sigprocmask, SIG_BLOCK, (long)&button, 0, 8);
    call(__NR_mount, (long)"dev", (long)"/dev", (long)"devtmpfs", 0);
    call(__NR_getrandom, (long)&record.incarnation, 8, GRND_INSECURE, 0);
    long disk = open_disk();
    do {
        write_record(disk);
    } while (!button_in_tick());
    record.flags = FLAG_BUTTON | FLAG_CLEAN;
    write_record(disk);
    call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
    for (;;)
        button_in_tick();
}

void _start(void)
{
    if (call(__NR_getpid, 0, 0, 0, 0) == 1)
        be_the_first_process();
    call(__NR_kill, 1, SIGUSR1, 0, 0);
    call(__NR_exit, 0, 0, 0, 0);
}
