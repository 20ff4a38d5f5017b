/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "admf/machine.h"
#include "arguments.h"
#include "json.h"
#include "messages.h"
#include "number.h"
#include "run_options.h"

static void print_text(const admf_machine *machine)
{
    char memory[32];
    cli_format_bytes(memory, sizeof memory, machine->memory_available);
    printf("admf              %s\n", machine->version);
    printf("compiler          %s\n", machine->compiler);
    fputs("instruction sets ", stdout);
    for (int i = 0; i < machine->isa_count; i++)
        printf(" %s", machine->isa[i]);
    printf("; chosen: %s\n", machine->isa_chosen);
    printf("threads           %d\n", machine->threads);
    printf("memory            %s available\n", memory);
    printf("libraries         HDF5 %s, libyaml %s, ISA-L %s, zlib %s, SQLite %s\n", machine->hdf5,
           machine->libyaml, machine->isal, machine->zlib, machine->sqlite);
}

static void print_json(const admf_machine *machine)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "version", machine->version);
    cli_json_text(&json, "compiler", machine->compiler);
    cli_json_open(&json, "isa", '{');
    cli_json_open(&json, "found", '[');
    for (int i = 0; i < machine->isa_count; i++)
        cli_json_text(&json, NULL, machine->isa[i]);
    cli_json_close(&json, ']');
    cli_json_text(&json, "chosen", machine->isa_chosen);
    cli_json_close(&json, '}');
    cli_json_count(&json, "threads", machine->threads > 0 ? (uint64_t)machine->threads : 0);
    cli_json_count(&json, "memory_available", machine->memory_available);
    cli_json_open(&json, "libraries", '{');
    cli_json_text(&json, "hdf5", machine->hdf5);
    cli_json_text(&json, "libyaml", machine->libyaml);
    cli_json_text(&json, "isal", machine->isal);
    cli_json_text(&json, "zlib", machine->zlib);
    cli_json_text(&json, "sqlite", machine->sqlite);
    cli_json_close(&json, '}');
    cli_json_flag(&json, "flush_to_zero", machine->flush_to_zero);
    cli_json_close(&json, '}');
}

static int doctor(const cli_command *self, int argc, char **argv)
{
    bool json = false;
    const char *isa = NULL;
    const cli_option table[] = {{"json", 0, CLI_FLAG, &json, "", "as JSON", 0, 0},
                                CLI_ISA_OPTION(isa)};
    cli_operands operands = {{0}, 0, 0, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;

    admf_machine machine = {0};
    admf_error error = {0};
    if (admf_machine_describe(isa, &machine, &error) != ADMF_OK)
        return cli_fail(&error);
    (json ? print_json : print_text)(&machine);
    if (!machine.flush_to_zero)
        return ADMF_OK;
    cli_complain("the processor is set to flush tiny numbers to zero, which changes results; "
                 "look for -ffast-math in what is loaded into the program");
    return ADMF_FAILED;
}

const cli_command cli_doctor = {
    "doctor",
    "what this machine and this build offer",
    "admf doctor\n"
    "admf doctor --json",
    "admf doctor [--json] [--isa NAME]",
    "Prints the version, the instruction sets found and the one chosen (v2, v3, v4: levels of\n"
    "x86-64; neon: 64-bit ARM), threads, memory and library versions. The exit code is 1 where\n"
    "runs would be refused on this machine.",
    doctor};
