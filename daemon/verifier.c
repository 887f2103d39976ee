/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/verifier.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "store/upkeep.h"

struct verifier {
    struct store *reader;
    pthread_t thread;
    bool is_sound; /* the thread's until it is joined */
};

static void *run(void *arg)
{
    struct verifier *v = arg;
    struct store_failure why = {.text = ""};
    char word[LOG_WORD_MAX];

    pthread_setname_np(pthread_self(), "verifier");
    int rc = store_verify(v->reader, &why);
    v->is_sound = rc == 0;
    if (rc == 0)
        log_line(LOG_P_NOTICE, "store=sound after=unclean-stop");
    else if (rc > 0)
        log_alert(LOG_M_STORE_DAMAGED, "store=damaged detail=%s",
                  log_word(why.text, word));
    else if (rc != -EINTR)
        log_line(LOG_P_WARNING, "store=unverified detail=%s", log_word(why.text, word));
    return NULL;
}

int verifier_open(const char *store_path, struct verifier **out)
{
    struct verifier *v = calloc(1, sizeof *v);
    if (!v)
        return -ENOMEM;
    int rc = store_open(store_path, STORE_READER, NULL, &v->reader);
    if (rc == 0)
        rc = -pthread_create(&v->thread, NULL, run, v);
    if (rc != 0) {
        store_close(v->reader);
        free(v);
        return rc;
    }
    *out = v;
    return 0;
}

bool verifier_close(struct verifier *v)
{
    if (!v)
        return false;
    store_interrupt(v->reader);
    pthread_join(v->thread, NULL);
    bool is_sound = v->is_sound;
    store_close(v->reader);
    free(v);
    return is_sound;
}
