/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions are told apart by their bytes: prefixes, map and opcode say which operation it
 * is, and its prefix and length bits on how many numbers. Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2, sections 2.1, 2.3 and 2.7 (encodings), appendix A
 * (opcodes). The child is a copy of this process, so its code can be read here.
 */
#define _GNU_SOURCE
#include "bench/operations.h"

#include <stdint.h>

#if defined(__x86_64__)

#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* One instruction, as far as it matters here. */
struct decoded {
    int map, opcode; /* map 1: 0F; 2: 0F 38; 3: 0F 3A; 0: none of them */
    int prefix;      /* 0: none, 1: 66, 2: F3, 3: F2 */
    int bytes;       /* of a vector */
};

static int opcode_map(const uint8_t *code, int *map)
{
    *map = 0;
    if (code[0] != 0x0f)
        return 0;
    *map = code[1] == 0x38 ? 2 : code[1] == 0x3a ? 3 : 1;
    return *map == 1 ? 1 : 2;
}

static struct decoded decode(const uint8_t *code)
{
    struct decoded d = {.bytes = 16};
    for (;; code++) {
        if (*code == 0x66 && d.prefix == 0)
            d.prefix = 1;
        else if (*code == 0xf3 || *code == 0xf2)
            d.prefix = *code == 0xf3 ? 2 : 3;
        else if (*code != 0x66 && *code != 0x2e && *code != 0x3e && *code != 0x64 && *code != 0x65)
            break;
    }
    if (*code == 0x62) {
        d.map = code[1] & 7;
        d.prefix = code[2] & 3;
        d.bytes = 16 << (code[3] >> 5 & 3);
        d.opcode = code[4];
    } else if (*code == 0xc5) {
        d.map = 1;
        d.prefix = code[1] & 3;
        d.bytes = 16 << (code[1] >> 2 & 1);
        d.opcode = code[2];
    } else if (*code == 0xc4) {
        d.map = code[1] & 31;
        d.prefix = code[2] & 3;
        d.bytes = 16 << (code[2] >> 2 & 1);
        d.opcode = code[3];
    } else {
        code += (*code & 0xf0) == 0x40; /* REX */
        code += opcode_map(code, &d.map);
        d.opcode = *code;
    }
    return d;
}

/* Numbers that a floating-point instruction of map 1 works on. */
static int numbers_of(const struct decoded *d)
{
    static const int size[4] = {4, 8, 0, 0}; /* packed single, packed double; else scalar */
    return size[d->prefix] ? d->bytes / size[d->prefix] : 1;
}

static void count(const uint8_t *code, struct operations *out)
{
    struct decoded d = decode(code);
    out->instructions++;
    if (d.map == 1)
        switch (d.opcode) {
        case 0x51: /* root */
        case 0x5e: /* division */
            out->divisions += numbers_of(&d);
            out->arithmetic += numbers_of(&d);
            break;
        case 0x58: /* addition */
        case 0x59: /* multiplication */
        case 0x5c: /* subtraction */
        case 0x5d: /* minimum */
        case 0x5f: /* maximum */
        case 0xc2: /* comparison */
            out->arithmetic += numbers_of(&d);
            break;
        case 0x2e: /* comparison of two numbers, into flags */
        case 0x2f:
            out->arithmetic++;
            break;
        case 0x65: /* 16-bit greater, equal, minimum, maximum */
        case 0x75:
        case 0xea:
        case 0xee:
            out->arithmetic += d.prefix == 1 ? d.bytes / 8.0 : 0;
            break;
        default:
            break;
        }
    else if (d.map == 3 && d.opcode == 0x09) /* rounding */
        out->arithmetic += d.bytes / 8.0;
    else if (d.map == 3 && d.opcode == 0x3f) /* 16-bit comparison into a mask */
        out->arithmetic += d.bytes / 8.0;
}

static void be_traced(void (*run)(void *), void *own)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(1);
    raise(SIGSTOP);
    run(own);
    raise(SIGSTOP);
    _exit(0);
}

/* The signal that has stopped the child; 0: it is dead. */
static int stop_of(pid_t child)
{
    int status;
    return waitpid(child, &status, 0) == child && WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

/* Signals that end nothing, but stop a child that is traced: of a terminal of another size, say. */
static bool means_nothing(int signal)
{
    return signal == SIGWINCH || signal == SIGCHLD || signal == SIGCONT || signal == SIGURG ||
           signal == SIGTSTP;
}

/* One step; SIGTRAP where the child has made it, SIGSTOP where it has come to its second stop. */
static int step(pid_t child, struct operations *out)
{
    struct user_regs_struct registers;
    int stop;
    if (ptrace(PTRACE_GETREGS, child, NULL, &registers) != 0)
        return 0;
    count((const uint8_t *)(uintptr_t)registers.rip, out);
    do /* again, where such a signal came before the step was made */
        stop = ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0 ? stop_of(child) : 0;
    while (means_nothing(stop));
    return stop;
}

bool operations_count(void (*run)(void *own), void *own, double most, struct operations *out)
{
    *out = (struct operations){0};
    pid_t child = fork();
    if (child == 0)
        be_traced(run, own);
    if (child < 0)
        return false;
    int stop = stop_of(child) == SIGSTOP ? SIGTRAP : 0;
    while (stop == SIGTRAP && out->instructions <= most)
        stop = step(child, out);
    kill(child, SIGKILL);
    while (stop_of(child) != 0)
        continue;
    return stop == SIGSTOP;
}

#else

bool operations_count(void (*run)(void *own), void *own, double most, struct operations *out)
{
    (void)run, (void)own, (void)most;
    *out = (struct operations){0};
    return false;
}

#endif
