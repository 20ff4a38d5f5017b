/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/beside.h"

static void *run(void *context)
{
    struct beside *beside = context;
    beside->status = beside->work(beside->context, &beside->error);
    atomic_store(&beside->over, true);
    return NULL;
}

void beside_start(struct beside *beside, beside_work *work, void *context)
{
    *beside = (struct beside){.work = work, .context = context};
    beside->has_thread = pthread_create(&beside->thread, NULL, run, beside) == 0;
    if (!beside->has_thread)
        run(beside);
}

bool beside_is_over(const struct beside *beside)
{
    return !beside->has_thread || atomic_load(&beside->over);
}

admf_status beside_end(struct beside *beside, admf_error *error)
{
    if (beside->has_thread)
        pthread_join(beside->thread, NULL);
    beside->has_thread = false;
    if (beside->status)
        *error = beside->error;
    return beside->status;
}
