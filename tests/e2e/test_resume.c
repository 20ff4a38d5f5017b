/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that is killed at any instant goes on where it was and ends with the cube, bit for
 * bit, of one that never was; and what must not be resumed or replaced is refused.
 */
#define _GNU_SOURCE /* wait4 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admf/cube.h"
#include "admf/error.h"
#include "tests/e2e/program.h"
#include "tests/text_file.h"

enum { KILLS = 20 };

static char digest[17]; /* of the run that nobody disturbed */
static double duration;

static const char sweep[] =
    "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"
    "strategies:\n"
    "  - type: sma_crossover\n"
    "    parameters: {fast_period: {start: 2, stop: 16, step: 2}, slow_period: {start: 20, stop: "
    "90, step: 5}}\n"
    "  - {type: momentum, parameters: {lookback_period: {start: 5, stop: 40, step: 5}}}\n"
    "classifiers: [{type: trend}, {type: hmm, policy: observe}]\n"
    "risk: {stop_loss: [off, 0.02, 0.05], trailing_stop: [off, 0.04]}\n"
    "execution: {fee_rate: 0.001}\n"
    "metrics: {by_regime: true}\n"
    "output: {keep: {best: {by: sharpe, n: 3}}}\n";

static bool exists(const char *path) { return access(path, F_OK) == 0; }

static void remove_results(const char *cube)
{
    static const char *const suffixes[] = {"", ".partial", ".new", ".making", ".partial.lock"};
    char path[256];
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s%s", cube, suffixes[i]);
        unlink(path);
    }
}

/* admf run YAML -o CUBE --threads 2 --block-cells 32 and one option more, or NULL. */
static pid_t start(const char *yaml, const char *cube, const char *option)
{
    const char *const arguments[] = {"run",           yaml, "-o",   cube, "--threads", "2",
                                     "--block-cells", "32", option, NULL};
    return program_start(arguments);
}

static void expect(const char *yaml, const char *cube, const char *option, int code,
                   struct ended *ended)
{
    program_wait(start(yaml, cube, option), ended);
    if (ended->code != code)
        fail_msg("exit code %d, not %d:\n%s", ended->code, code, ended->messages);
}

static void expect_digest(const char *cube)
{
    char found[17];
    admf_error error = {0};
    if (admf_cube_digest(cube, found, &error) != ADMF_OK)
        fail_msg("%s", error.message);
    assert_string_equal(found, digest);
    char partial[256];
    snprintf(partial, sizeof partial, "%s.partial", cube);
    assert_false(exists(partial));
}

static int run_undisturbed(void **state)
{
    (void)state;
    struct ended ended;
    admf_error error = {0};
    write_file("resume.yaml", sweep);
    remove_results("resume_whole.h5");
    double begin = clock_seconds();
    program_wait(start("resume.yaml", "resume_whole.h5", NULL), &ended);
    duration = clock_seconds() - begin;
    if (ended.code != 0)
        print_error("%s\n", ended.messages);
    return ended.code != 0 || admf_cube_digest("resume_whole.h5", digest, &error) != ADMF_OK;
}

static double uniform(void)
{
    static uint64_t x = 88172645463325252u; /* xorshift64 */
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (double)(x >> 11) * 0x1p-53;
}

static void a_killed_run_resumes(void **state)
{
    (void)state;
    struct ended ended;
    int kills = 0, finished = 0;
    remove_results("resume.h5");
    while (kills < KILLS) {
        /* Killed before there was anything to keep, a run begins anew. */
        bool begun = exists("resume.h5.partial") || exists("resume.h5");
        pid_t pid = start("resume.yaml", "resume.h5", begun ? "--resume" : NULL);
        /* Short steps, so that a run is killed again and again on its way to the end. */
        sleep_seconds(duration * uniform() * (kills % 3 ? 0.4 : 1.1));
        kill(pid, SIGKILL);
        program_wait(pid, &ended);
        if (ended.code == 0) {
            expect_digest("resume.h5");
            finished++;
            remove_results("resume.h5");
        } else {
            if (ended.code != 128 + SIGKILL)
                fail_msg("exit code %d after %d kills:\n%s", ended.code, kills, ended.messages);
            kills++;
        }
    }
    if (exists("resume.h5.partial") || exists("resume.h5"))
        expect("resume.yaml", "resume.h5", "--resume", 0, &ended);
    else
        expect("resume.yaml", "resume.h5", NULL, 0, &ended);
    expect_digest("resume.h5");
    print_message("killed %d times, finished %d times\n", kills, finished + 1);
    remove_results("resume.h5");
}

/* The last moments, where the cube is written and renamed, deserve kills of their own. */
static void a_run_killed_at_its_end_resumes(void **state)
{
    (void)state;
    struct ended ended;
    for (int i = 0; i < 8; i++) {
        remove_results("resume.h5");
        double begin = clock_seconds();
        pid_t pid = start("resume.yaml", "resume.h5", NULL);
        while (!exists("resume.h5.new") && !exists("resume.h5") && clock_seconds() - begin < 60)
            sleep_seconds(0.0002);
        sleep_seconds(0.004 * i * i);
        kill(pid, SIGKILL);
        program_wait(pid, &ended);
        /* Whatever has the final name is whole. */
        if (exists("resume.h5") && !exists("resume.h5.partial"))
            expect_digest("resume.h5");
        expect("resume.yaml", "resume.h5", "--resume", 0, &ended);
        expect_digest("resume.h5");
    }
    remove_results("resume.h5");
}

static void stop_by(int signal, int code)
{
    struct ended ended;
    remove_results("resume.h5");
    pid_t pid = start("resume.yaml", "resume.h5", NULL);
    double begin = clock_seconds();
    while (!exists("resume.h5.partial") && clock_seconds() - begin < 60)
        sleep_seconds(0.001);
    sleep_seconds(duration * 0.1);
    kill(pid, signal);
    program_wait(pid, &ended);
    assert_int_equal(ended.code, code);
    assert_false(exists("resume.h5"));
    assert_true(exists("resume.h5.partial"));
    assert_non_null(strstr(ended.messages, "--resume"));
    expect("resume.yaml", "resume.h5", "--resume", 0, &ended);
    expect_digest("resume.h5");
    remove_results("resume.h5");
}

static void sigterm_leaves_a_resumable_file(void **state)
{
    (void)state;
    stop_by(SIGTERM, ADMF_STOPPED);
}

static void sigint_leaves_a_resumable_file(void **state)
{
    (void)state;
    stop_by(SIGINT, ADMF_INTERRUPTED);
}

static void results_that_exist_are_kept(void **state)
{
    (void)state;
    struct ended ended;
    expect("resume.yaml", "resume_whole.h5", NULL, ADMF_IO, &ended);
    assert_non_null(strstr(ended.messages, "--force"));
    expect_digest("resume_whole.h5");
    /* Of the same work nothing is left to do. */
    expect("resume.yaml", "resume_whole.h5", "--resume", 0, &ended);
    expect_digest("resume_whole.h5");
    expect("resume.yaml", "resume_whole.h5", "--force", 0, &ended);
    expect_digest("resume_whole.h5");
}

/* A partial result of `yaml` at resume.h5. */
static void make_partial(const char *yaml)
{
    struct ended ended;
    remove_results("resume.h5");
    pid_t pid = start(yaml, "resume.h5", NULL);
    double begin = clock_seconds();
    while (!exists("resume.h5.partial") && clock_seconds() - begin < 60)
        sleep_seconds(0.001);
    kill(pid, SIGKILL);
    program_wait(pid, &ended);
    assert_true(exists("resume.h5.partial"));
}

static void expect_refusal(const char *yaml, int code)
{
    struct ended ended;
    expect(yaml, "resume.h5", "--resume", code, &ended);
    assert_true(strlen(ended.messages) > 20);
    assert_true(exists("resume.h5.partial"));
}

static void other_work_is_not_resumed(void **state)
{
    (void)state;
    struct ended ended;
    char other[sizeof sweep + 64], copy[512];
    remove_results("resume.h5");
    expect("resume.yaml", "resume.h5", "--resume", ADMF_NO_INPUT, &ended);
    make_partial("resume.yaml");
    /* A .partial is not replaced without a word either. */
    expect("resume.yaml", "resume.h5", NULL, ADMF_IO, &ended);
    assert_true(exists("resume.h5.partial"));

    snprintf(other, sizeof other, "%sportfolio: {initial_cash: 5000}\n", sweep);
    write_file("resume_other.yaml", other);
    expect_refusal("resume_other.yaml", ADMF_BAD_CONFIG);

    snprintf(other, sizeof other, "%.*s, precision: float32}\n",
             (int)(strstr(sweep, "}}\n") - sweep) + 1, sweep);
    write_file("resume_other.yaml", other);
    expect_refusal("resume_other.yaml", ADMF_BAD_CONFIG);

    /* The same configuration over a file whose contents have changed. */
    static const char data[] = "resume_data.csv";
    snprintf(copy, sizeof copy, "cp " ADMF_SOURCE_DIR "/data/sp500_daily.csv %s", data);
    assert_int_equal(system(copy), 0);
    const char *rest = strstr(sweep, "strategies:");
    snprintf(other, sizeof other, "data: [{symbol: SP500, path: %s}]\n%s", data, rest);
    write_file("resume_copy.yaml", other);
    make_partial("resume_copy.yaml");
    snprintf(copy, sizeof copy, "sed -i '$d' %s", data);
    assert_int_equal(system(copy), 0);
    expect_refusal("resume_copy.yaml", ADMF_BAD_DATA);
    remove_results("resume.h5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_run_resumes),
        cmocka_unit_test(a_run_killed_at_its_end_resumes),
        cmocka_unit_test(sigterm_leaves_a_resumable_file),
        cmocka_unit_test(sigint_leaves_a_resumable_file),
        cmocka_unit_test(results_that_exist_are_kept),
        cmocka_unit_test(other_work_is_not_resumed),
    };
    return cmocka_run_group_tests(tests, run_undisturbed, NULL);
}
