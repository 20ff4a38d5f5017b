/* SPDX-License-Identifier: Apache-2.0 */
/* Work on a thread of its own: what comes of it is told as often as it is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/beside.h"

struct gate {
    pthread_mutex_t mutex;
    pthread_t thread;
    admf_status status;
};

/* Ends once the gate is open. */
static admf_status pass(void *context, admf_error *error)
{
    struct gate *gate = context;
    pthread_mutex_lock(&gate->mutex);
    gate->thread = pthread_self();
    pthread_mutex_unlock(&gate->mutex);
    if (gate->status) {
        error->code = gate->status;
        strcpy(error->message, "no way through");
    }
    return gate->status;
}

static void what_was_not_started_is_over(void **state)
{
    (void)state;
    struct beside beside = {0};
    admf_error error = {0};
    assert_true(beside_is_over(&beside));
    assert_int_equal(beside_end(&beside, &error), ADMF_OK);
}

static void work_goes_on_beside_its_starter(void **state)
{
    (void)state;
    struct beside beside;
    admf_error error = {0};
    struct gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_mutex_lock(&gate.mutex);
    beside_start(&beside, pass, &gate); /* would not return if it waited */
    assert_false(beside_is_over(&beside));
    pthread_mutex_unlock(&gate.mutex);
    assert_int_equal(beside_end(&beside, &error), ADMF_OK);
    assert_true(beside_is_over(&beside));
    assert_false(pthread_equal(gate.thread, pthread_self()));
    assert_string_equal(error.message, "");
}

static void a_failure_is_told_again(void **state)
{
    (void)state;
    struct beside beside;
    struct gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .status = ADMF_IO};
    beside_start(&beside, pass, &gate);
    for (int k = 0; k < 2; k++) {
        admf_error error = {0};
        assert_int_equal(beside_end(&beside, &error), ADMF_IO);
        assert_string_equal(error.message, "no way through");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_started_is_over),
        cmocka_unit_test(work_goes_on_beside_its_starter),
        cmocka_unit_test(a_failure_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
