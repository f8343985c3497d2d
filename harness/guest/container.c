/* The witness guest as a container: its first process. No libc.
 *
 * Called as `vrt-container UUID`; the UUID is there for those who look at the process table. It reaches its disk as QEMU
 * does for the other guest, by the socket /run/disk.sock of the node's disk server (NBD), so the server's log tells which
 * node wrote. It writes the records and reads the commands that guest.S describes, at the same pace, and knows of the
 * commands those that a container can obey: deaf, calm, slow to shut down, power off, reboot, hang.
 *
 * PWR (LXC), TERM and INT are its power button, and so is a request for runlevel 0 in the pipe /run/initctl, by which
 * libvirt asks a container to shut down; for runlevel 6 it reboots. Where its disk hangs, so does it.
 *
 *   cc -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -O2
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

enum { READ = 0, WRITE = 1, OPEN = 2, CLOSE = 3, SIGPROCMASK = 14, SOCKET = 41, CONNECT = 42, EXIT = 60, SIGTIMEDWAIT = 128, REBOOT = 169, GETRANDOM = 318 };
enum { SIGINT = 2, SIGTERM = 15, SIGPWR = 30, SIG_BLOCK = 0 };
enum { SECTOR = 512, COMMAND_SECTOR = 8, RECORD_SECTOR = 64 };
enum { NBD_READ = 0, NBD_WRITE = 1 };
enum { ONCE_OFF = 3, ONCE_REBOOT = 4, ONCE_HANG = 5 };
enum { MODE_DEAF = 1, MODE_CALM = 4 };
enum { FLAG_BUTTON = 1, FLAG_CLEAN = 2 };

#define BIT(signal) (1UL << ((signal) - 1))
#define TICK 54925000 /* nanoseconds: 18.2 a second, as a PC's timer */

static struct {
    char name[8];
    u64 incarnation, counter;
    u16 flags;
    u8 obeyed[2];
    u8 rest[SECTOR - 28];
} record = {.name = "VRTGUEST"};
static u8 command[SECTOR];
static u64 request;
static int disk = -1, pipe = -1;
static u32 countdown;
static int pressed;

static long call(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

/* Sleeps for a tick, or until the power button is pressed. Whether it was. */
static int button_in_tick(void)
{
    static const u64 buttons = BIT(SIGINT) | BIT(SIGTERM) | BIT(SIGPWR);
    static const u64 tick[2] = {0, TICK};
    call(SIGPROCMASK, SIG_BLOCK, (long)&buttons, 0, 8);
    return call(SIGTIMEDWAIT, (long)&buttons, 0, (long)tick, 8) > 0;
}

static int transfer(long how, void *bytes, long length)
{
    for (u8 *at = bytes; length > 0;) {
        long done = call(how, disk, (long)at, length, 0);
        if (done <= 0)
            return 0;
        at += done;
        length -= done;
    }
    return 1;
}

/* Opens the disk: NBD's fixed newstyle negotiation, the default export. */
static int open_disk(void)
{
    static const struct {
        u16 family;
        char path[20];
    } address = {1, "/run/disk.sock"};
    static u8 hello[18], answer[10];
    static u8 wish[4 + 16] = {0, 0, 0, 3, 'I', 'H', 'A', 'V', 'E', 'O', 'P', 'T', 0, 0, 0, 1, 0, 0, 0, 0};
    if (disk >= 0)
        call(CLOSE, disk, 0, 0, 0);
    disk = call(SOCKET, 1, 1 | 02000000, 0, 0);
    if (disk < 0 || call(CONNECT, disk, (long)&address, sizeof address, 0) < 0)
        return 0;
    return transfer(READ, hello, sizeof hello) && transfer(WRITE, wish, sizeof wish) && transfer(READ, answer, sizeof answer);
}

static void put(u8 *at, u64 value, int bytes)
{
    while (bytes--) {
        at[bytes] = value;
        value >>= 8;
    }
}

/* Reads or writes one sector; nothing is written twice, for the server would log it twice. */
static int ask(int how, u64 sector, void *bytes)
{
    static u8 head[28], answer[16];
    put(head, 0x25609513, 4);
    put(head + 4, how, 4);
    put(head + 8, ++request, 8);
    put(head + 16, sector * SECTOR, 8);
    put(head + 24, SECTOR, 4);
    if (!transfer(WRITE, head, sizeof head) || (how == NBD_WRITE && !transfer(WRITE, bytes, SECTOR)))
        return 0;
    if (!transfer(READ, answer, sizeof answer))
        return 0;
    int failed = answer[4] | answer[5] | answer[6] | answer[7];
    return !failed && (how == NBD_WRITE || transfer(READ, bytes, SECTOR));
}

static void write_record(void)
{
    record.counter++;
    record.obeyed[0] = command[0];
    record.obeyed[1] = command[1];
    ask(NBD_WRITE, RECORD_SECTOR + (record.incarnation & 255), &record);
}

static void power_off(void)
{
    record.flags |= FLAG_CLEAN;
    write_record();
    call(EXIT, 0, 0, 0, 0);
}

static void reboot(void)
{
    call(REBOOT, 0xfee1dead, 672274793, 0x01234567, 0);
}

static void obey_once(void)
{
    int once = command[0];
    if (!once)
        return;
    command[0] = 0;
    ask(NBD_WRITE, COMMAND_SECTOR, command);
    if (once == ONCE_OFF)
        power_off();
    if (once == ONCE_REBOOT)
        reboot();
    while (once == ONCE_HANG)
        button_in_tick();
}

/* Sees the button only once the command has been read anew: it may tell the guest to be deaf or slow. */
static void see_button(void)
{
    if (!pressed)
        return;
    pressed = 0;
    record.flags |= FLAG_BUTTON;
    if (command[1] & MODE_DEAF || countdown)
        return;
    countdown = command[2] | command[3] << 8;
    if (!countdown)
        power_off();
}

/* Reads what was asked for by the pipe, as System V's init does: a request of 384 bytes. Returns the runlevel. */
static int asked_runlevel(void)
{
    static struct {
        u32 magic, what, runlevel, rest[93];
    } request;
    long length = call(READ, pipe, (long)&request, sizeof request, 0);
    return length == sizeof request && request.magic == 0x03091969 && request.what == 1 ? (int)request.runlevel : 0;
}

static void sleep_ticks(int ticks)
{
    while (ticks--) {
        int button = button_in_tick(), runlevel = asked_runlevel();
        if (runlevel == '6')
            reboot();
        pressed |= button || runlevel == '0';
        if (countdown && !--countdown)
            power_off();
    }
}

__attribute__((used, noreturn)) static void begin(void)
{
    call(GETRANDOM, (long)&record.incarnation, 8, 0, 0);
    pipe = call(OPEN, (long)"/run/initctl", 02 | 04000 | 02000000, 0, 0);
    while (!open_disk())
        button_in_tick();
    for (;;) {
        ask(NBD_READ, COMMAND_SECTOR, command);
        obey_once();
        see_button();
        write_record();
        sleep_ticks(command[1] & MODE_CALM ? 3 : 2);
    }
}

__asm__(".globl _start\n_start:\n\tandq $-16, %rsp\n\tcall begin\n");
