/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "admf/cube.h"
#include "admf/runs.h"
#include "engine/base/digest.h"

bool admf_run_cube_is_kept(const admf_run *run, size_t phase)
{
    admf_cube *cube = NULL;
    admf_error error = {0};
    char hash[DIGEST_TEXT];
    struct digest digest;
    if (phase >= run->phase_count || strcmp(run->phases[phase].status, "done") != 0 ||
        admf_cube_open(run->phases[phase].result.cube, &cube, &error) != ADMF_OK)
        return false;
    const char *identity = admf_cube_provenance(cube, "identity");
    const char *data = admf_cube_provenance(cube, "data_hashes");
    digest_start(&digest);
    if (identity)
        digest_add(&digest, identity, strlen(identity));
    digest_to_text(digest_value(&digest), hash);
    bool kept = identity && data && strcmp(hash, run->configuration_hash) == 0 &&
                strcmp(data, run->data_hashes) == 0;
    admf_cube_close(&cube);
    return kept;
}
