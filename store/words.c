/* SPDX-License-Identifier: Apache-2.0 */
#include "store/words.h"

#include <string.h>

bool words_have(const char *words, const char *word)
{
    size_t wanted = strlen(word);

    for (;;) {
        size_t len = strcspn(words, "|");
        if (len == wanted && memcmp(words, word, len) == 0)
            return true;
        if (words[len] == '\0')
            return false;
        words += len + 1;
    }
}
