# The witness guest: a ROM of 64 KiB in the place of the firmware, no BIOS and no kernel. For i440fx ("pc") machines.
# Under TCG SeaBIOS took 55 ms of processor time at every boot; all that is here takes two.
#
# It sleeps with `hlt` between timer ticks (18.2 a second). At every second tick it reads its command
# sector and writes one record to its disk, so that whoever reads the disk, or the disk server's
# log, knows who is alive. harness/src/lab/guest.rs knows the same numbers; change both together.
#
# Sector 8, the command, written by the harness:
#   byte 0    once: 1 panic, 2 suspend to RAM, 3 power off, 4 reboot, 5 hang. The guest zeroes the byte
#             before it obeys, for a command that survived a reboot would be obeyed for ever.
#   byte 1    mode bits, obeyed while they are set: 1 deaf to the power button, 2 dirty memory at every tick,
#             4 calm: read and write at every third tick only
#   word 2    slow to shut down: ticks between the power button and the power off
#
# Sector 64 + (low byte of the incarnation), the record, written by the guest:
#   byte 0    "VRTGUEST"
#   qword 8   incarnation: drawn at boot, so it tells a guest that went on from one booted anew
#   qword 16  counter of records
#   word 24   flags: 1 the power button was seen, 2 clean end: the last record before power off
#   word 26   bytes 0 and 1 of the command sector as last read
# The sector depends on the incarnation, so the disk server's log tells two of them apart by offset alone.

        .set    ROM, 0xf000             # the segment it runs in
        .set    IDE_DATA, 0x1f0         # the first IDE channel
        .set    IDE_COUNT, 0x1f2
        .set    IDE_COMMAND, 0x1f7      # read: status
        .set    IDE_CONTROL, 0x3f6
        .set    IDE_READ, 0x20
        .set    IDE_WRITE, 0x30
        .set    IDE_BUSY, 0x80
        .set    IDE_ERROR, 0x01
        .set    COMMAND_SECTOR, 8
        .set    RECORD_SECTOR, 64
        .set    PM1_STS, 0x600          # where the PIIX4's power management block is put
        .set    PM1_EN, 0x602
        .set    PM1_CNT, 0x604
        .set    PWRBTN, 0x100
        .set    SLP_S5, 0x2000          # SLP_EN with SLP_TYP 0: off, on a PIIX4
        .set    SLP_S3, 0x2400          # SLP_EN with SLP_TYP 1: suspend to RAM
        .set    PANIC_PORT, 0x505       # pvpanic's ISA port; bit 0 says that the guest panicked
        .set    RESET_PORT, 0xcf9
        .set    PIC, 0x20               # the first interrupt controller: command; one further: data
        .set    PIC2, 0xa0
        .set    EOI, 0x20
        .set    PIT, 0x40               # the timer's channel 0
        .set    PIT_CONTROL, 0x43
        .set    CLOCK_INDEX, 0x70
        .set    CLOCK_DATA, 0x71
        .set    CLOCK_UPDATING, 0x80    # of register 10
        .set    FAST_A20, 0x92
        .set    PCI_ADDRESS, 0xcf8
        .set    PCI_DATA, 0xcfc
        .set    PIIX_IDE, 0x80000900    # PCI device 0:1.1
        .set    PIIX_POWER, 0x80000b00  # PCI device 0:1.3
        .set    APIC_SPURIOUS, 0xfee000f0
        .set    APIC_LINT0, 0xfee00350
        .set    CACHE_OFF, 0x60000000   # CR0's CD and NW, which a reset sets
        .set    VECTOR_TICK, 0x20       # behind those of the processor's exceptions
        .set    VECTOR_DISK, 0x2e
        .set    VECTOR_SPURIOUS2, 0x2f  # the second controller's, when whoever interrupted has thought better of it
        .set    STACK, 0xb000
        .set    DATA, 0xb000            # what it writes is RAM, below which come the stack and the vectors
        .set    DIRTY_FROM, 0x100000    # 1 MiB of memory nobody else uses
        .set    DIRTY_TO, 0x200000
        .set    ONCE_PANIC, 1
        .set    ONCE_SUSPEND, 2
        .set    ONCE_OFF, 3
        .set    ONCE_REBOOT, 4
        .set    ONCE_HANG, 5
        .set    MODE_DEAF, 1
        .set    MODE_DIRTY, 2
        .set    MODE_CALM, 4
        .set    CALM_TICKS, 1           # beside the usual two
        .set    FLAG_BUTTON, 1
        .set    FLAG_CLEAN, 2

# Under TCG a write to a page that holds code throws away the page's translation, and the thread that
# serves the disk spins for the page's lock meanwhile. So code and data share no page: the code stays in the ROM.
        .struct DATA
record:         .skip 8
incarnation:    .skip 8
counter:        .skip 8
flags:          .skip 2
obeyed:         .skip 2
                .skip 484
command:        .skip 512
countdown:      .skip 2
ticks:          .skip 2
        .set    DATA_END, .

        .text
        .code16
        .global _start
# Whatever begins it, power, a reset or a wake from S3, ends here with all devices reset.
_start:
        cli
        cld
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $STACK, %sp
        movl    %cr0, %eax
        andl    $~CACHE_OFF, %eax
        movl    %eax, %cr0
        lgdtl   %cs:descriptors_at
# The local APIC has to let the interrupt controllers through.
        call    reach_all
        movl    $APIC_SPURIOUS, %ebx
        movl    $0x1ff, %es:(%ebx)      # software enable, without which LINT0 stays masked
        movl    $APIC_LINT0, %ebx
        movl    $0x8700, %es:(%ebx)     # ExtINT, level
        call    reach_low
        movw    $DATA, %di
        movw    $(DATA_END - DATA), %cx
        movb    $0, %al
        rep stosb
        movw    $name, %si
        movw    $record, %di
        movw    $8, %cx
        rep movsb %cs:(%si), %es:(%di)
        xorw    %di, %di
        movw    $256, %cx
        movl    $(ROM << 16), %eax
        movw    $ignored, %ax
        rep stosl
        movw    $ticked, 4 * VECTOR_TICK
        movw    $disk_done, 4 * VECTOR_DISK
        movw    $acknowledge, 4 * VECTOR_SPURIOUS2
        movw    $ports, %si
1:      movw    %cs:(%si), %dx
        movb    %cs:2(%si), %al
        outb    %al, %dx
        addw    $3, %si
        cmpw    $ports_end, %si
        jb      1b
        movw    $settings, %si
1:      movl    %cs:(%si), %eax
        movw    $PCI_ADDRESS, %dx
        outl    %eax, %dx
        movl    %cs:4(%si), %eax
        movw    $PCI_DATA, %dx
        outl    %eax, %dx
        addw    $8, %si
        cmpw    $settings_end, %si
        jb      1b
# The first copy of the memory shall take long at 1 MiB/s: a guest that is to dirty it has read so by then.
        call    dirty
        call    draw_incarnation
        movw    $PM1_STS, %dx
        movw    $PWRBTN, %ax
        outw    %ax, %dx                # forget a button pressed before this boot
        movw    $PM1_EN, %dx
        outw    %ax, %dx                # without it QEMU does not even record the button
        sti

beat:
        call    read_command
        call    obey_once
        call    see_button
        call    write_record
        call    sleep
        call    sleep
        testb   $MODE_CALM, command + 1
        jz      beat
        movw    $CALM_TICKS, %cx
1:      call    sleep
        loop    1b
        jmp     beat

# The interrupts: DS is 0 wherever they come.
ticked:
        incw    ticks
        jmp     acknowledge
disk_done:
        pushw   %ax
        movb    $EOI, %al
        outb    %al, $PIC2
        popw    %ax
acknowledge:
        pushw   %ax
        movb    $EOI, %al
        outb    %al, $PIC
        popw    %ax
ignored:
        iretw

# Reads the sector EAX to ES:DI, which moves on behind it. Carry set means it failed.
read_sector:
        movb    $IDE_READ, %bl
        call    begin_transfer
        call    await_disk
        jc      1f
        movw    $IDE_DATA, %dx
        movw    $128, %cx
        rep insl
        clc
1:      ret

# Writes the sector EAX from DS:SI. Carry set means it failed.
write_sector:
        movb    $IDE_WRITE, %bl
        call    begin_transfer
        movw    $IDE_DATA, %dx
        movw    $128, %cx
        rep outsl
        jmp     await_disk

# Gives the disk the command BL for the sector EAX.
begin_transfer:
        pushl   %eax
        movw    $IDE_COUNT, %dx
        movb    $1, %al
        outb    %al, %dx
        popl    %eax
        pushl   %eax
        movw    $3, %cx
1:      incw    %dx                     # the sector's number, its low byte first
        outb    %al, %dx
        shrl    $8, %eax
        loop    1b
        incw    %dx
        movb    $0xe0, %al              # the first drive, by sector number
        outb    %al, %dx
        movw    $IDE_COMMAND, %dx
        movb    %bl, %al
        outb    %al, %dx
        popl    %eax
        ret

# Sleeps until the disk is done; its interrupt wakes us, or at worst the next tick does.
await_disk:
        pushw   %ax
        movw    $IDE_COMMAND, %dx
1:      cli
        inb     %dx, %al
        testb   $IDE_BUSY, %al
        jz      2f
        sti                             # takes effect behind `hlt`: no interrupt is missed between
        hlt
        jmp     1b
2:      sti
        testb   $IDE_ERROR, %al
        popw    %ax
        jz      3f
        stc
3:      ret

# The time-stamp counter alone would do on hardware, but under TCG it starts at zero with the guest,
# so the clock's time goes into the upper half and the low byte is mixed from four.
draw_incarnation:
1:      movb    $10, %al
        call    read_clock
        testb   $CLOCK_UPDATING, %al
        jnz     1b
        movw    $clock_registers, %si
2:      shll    $8, %ecx
        lodsb   %cs:(%si)
        call    read_clock
        movb    %al, %cl
        cmpw    $clock_registers_end, %si
        jb      2b
        rdtsc
        xorl    %ecx, %edx
        movl    %edx, incarnation + 4
        movl    %eax, %ecx
        shrl    $8, %ecx
        xorb    %cl, %al
        shrl    $8, %ecx
        xorb    %cl, %al
        shrl    $8, %ecx
        xorb    %cl, %al
        movl    %eax, incarnation
        ret

# Reads the clock's register AL.
read_clock:
        outb    %al, $CLOCK_INDEX
        inb     $CLOCK_DATA, %al
        ret

# Waits for the next tick, dirtying memory before it if told to. Once a tick is enough: a copy of so many
# pages at 1 MiB/s takes eighteen, and a guest that only dirties would take a whole processor under TCG, from
# the very guests and agents whose time is measured.
sleep:
        testb   $MODE_DIRTY, command + 1
        jz      1f
        call    dirty
1:      movw    ticks, %bx
2:      hlt
        cmpw    ticks, %bx
        je      2b
        cmpw    $0, countdown           # a slow shutdown under way?
        je      4f
        decw    countdown
        jz      power_off
4:      ret

# Changes one word in every page, so that each page has to be copied again. QEMU ends a copy when what is left
# takes less than 0.3 s, and at the turn from one pass to the next was seen to take 1 MiB/s for 1.7: 512 KiB were
# not enough.
dirty:
        pushfw
        cli
        call    reach_all
        movl    $DIRTY_FROM, %ebx
1:      incw    %es:(%ebx)
        addl    $0x1000, %ebx
        cmpl    $DIRTY_TO, %ebx
        jb      1b
        call    reach_low
        popfw
        ret

# By ES all memory is reached, in protected mode, where no interrupt may come.
reach_all:
        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        ljmp    $(code - descriptors), $1f
1:      movw    $(everything - descriptors), %ax
        movw    %ax, %es
        ret

# Back in real mode, ES at 0, with the limit that it has there.
reach_low:
        movw    $(low - descriptors), %ax
        movw    %ax, %es
        movl    %cr0, %eax
        andl    $~1, %eax
        movl    %eax, %cr0
        ljmp    $ROM, $1f
1:      xorw    %ax, %ax
        movw    %ax, %es
        ret

read_command:
        movl    $COMMAND_SECTOR, %eax
        movw    $command, %di
        call    read_sector
        jmp     note_command
clear_once:
        movb    $0, command
        movl    $COMMAND_SECTOR, %eax
        movw    $command, %si
        call    write_sector
note_command:
        movw    command, %ax
        movw    %ax, obeyed
        ret

write_record:
        addl    $1, counter
        adcl    $0, counter + 4
        movzbl  incarnation, %eax
        addl    $RECORD_SECTOR, %eax
        movw    $record, %si
        jmp     write_sector

obey_once:
        movb    command, %bl
        testb   %bl, %bl
        jz      1f
        pushw   %bx
        call    clear_once
        popw    %bx
        cmpb    $ONCE_PANIC, %bl
        je      panic
        cmpb    $ONCE_SUSPEND, %bl
        je      suspend
        cmpb    $ONCE_OFF, %bl
        je      power_off
        cmpb    $ONCE_REBOOT, %bl
        je      reboot
        cmpb    $ONCE_HANG, %bl
        je      hang
1:      ret

see_button:
        movw    $PM1_STS, %dx
        inw     %dx, %ax
        testw   $PWRBTN, %ax
        jz      1f
        movw    $PWRBTN, %ax
        outw    %ax, %dx                # writing the bit clears it
        orw     $FLAG_BUTTON, flags
        testb   $MODE_DEAF, command + 1
        jnz     1f
        movw    command + 2, %ax
        testw   %ax, %ax
        jz      power_off
        cmpw    $0, countdown           # a second press does not start the wait anew
        jne     1f
        movw    %ax, countdown
1:      ret

power_off:
        orw     $FLAG_CLEAN, flags
        call    write_record
        movw    $PM1_CNT, %dx
        movw    $SLP_S5, %ax
        outw    %ax, %dx
        jmp     hang

panic:
        movw    $PANIC_PORT, %dx
        movb    $1, %al
        outb    %al, %dx
        jmp     hang

# Woken, it boots anew: a new incarnation.
suspend:
        movw    $PM1_CNT, %dx
        movw    $SLP_S3, %ax
        outw    %ax, %dx
        jmp     hang

reboot:
        movw    $RESET_PORT, %dx
        movb    $6, %al
        outb    %al, %dx

hang:
        cli
        hlt
        jmp     hang

name:   .ascii  "VRTGUEST"

clock_registers:
        .byte   7, 4, 2, 0              # day, hours, minutes, seconds
clock_registers_end:

# What is written to which port, in this order.
        .macro  port at, value
        .word   \at
        .byte   \value
        .endm
ports:
        port    PIC, 0x11               # four words of initialisation, by edges, cascaded
        port    PIC+1, VECTOR_TICK
        port    PIC+1, 0x04           # the second one is at line 2
        port    PIC+1, 0x01           # for x86; each interrupt is acknowledged
        port    PIC+1, 0xfa           # the timer and the second one, no other
        port    PIC2, 0x11
        port    PIC2+1, VECTOR_DISK-6
        port    PIC2+1, 0x02
        port    PIC2+1, 0x01
        port    PIC2+1, 0xbf          # the first IDE channel, no other
        port    PIT_CONTROL, 0x34       # rate generator, low byte first
        port    PIT, 0
        port    PIT, 0                  # 65536: 18.2 a second
        port    FAST_A20, 2             # the second MiB is not the first
        port    IDE_CONTROL, 8          # interrupts on
ports_end:

# What is written to which register of which PCI device.
settings:
        .long   PIIX_IDE + 0x04, 0x0001         # answer at ports
        .long   PIIX_IDE + 0x40, 0x8000         # the first channel, at the old ones
        .long   PIIX_POWER + 0x40, PM1_STS + 1
        .long   PIIX_POWER + 0x80, 1            # answer there
settings_end:

# Marked as accessed already, for the processor would mark them and this is a ROM.
        .balign 8
descriptors:
        .quad   0
code:   .quad   0x00009b0f0000ffff      # the ROM, 16 bits
everything:
        .quad   0x00cf93000000ffff
low:    .quad   0x000093000000ffff      # 64 KiB from 0, as in real mode
descriptors_at:
        .word   . - descriptors - 1
        .long   (ROM << 4) + descriptors

        .org    0xfff0
        ljmp    $ROM, $_start           # the processor's first instruction after a reset
        .org    0x10000
