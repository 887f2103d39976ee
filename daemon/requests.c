/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c - what devices ask of us, and everything else the wire tells. */
#include <string.h>

#include "daemon/core_internal.h"
#include "daemon/lwm2m/decode.h"
#include "daemon/packages.h"

static const char resources[] =
    "</rd>;rt=\"core.rd\",</dp>;rt=\"oma.lwm2m.dp\",</p>;rt=\"lockstep.packages\"";

static void on_discovery(struct core *core, const struct coap_event *event)
{
    struct coap_response response = {.code = COAP_205_CONTENT,
                                     .content_format = COAP_FORMAT_LINK,
                                     .max_age_s = -1,
                                     .payload = resources,
                                     .payload_len = sizeof resources - 1};

    int32_t accept = event->message->accept;

    if (event->message->code != COAP_GET)
        registrar_answer(core, event->handle, COAP_405_METHOD_NOT_ALLOWED, NULL);
    else if (accept != COAP_FORMAT_NONE && accept != COAP_FORMAT_LINK)
        registrar_answer(core, event->handle, COAP_406_NOT_ACCEPTABLE, NULL);
    else
        (void)wire_respond(core->wire, event->handle, &response);
}

/* Send (LwM2M Core 1.2.2 6.4.6): one more source of State, Result and Version. */
static void on_send(struct core *core, const struct coap_event *event)
{
    const struct coap_message *m = event->message;
    struct device *dev = registry_by_remote(core->registry, &event->peer.remote);

    if (m->code != COAP_POST) {
        registrar_answer(core, event->handle, COAP_405_METHOD_NOT_ALLOWED, NULL);
        return;
    }
    struct links_payload payload = {m->content_format, m->payload, m->payload_len};
    bool is_ours;
    if (!dev || dev->location == 0 || m->content_format < 0 ||
        links_send(core->links, dev, &payload, &is_ours) != 0) {
        registrar_answer(core, event->handle, COAP_400_BAD_REQUEST, NULL);
        return;
    }
    registrar_answer(core, event->handle, COAP_204_CHANGED, NULL);
    presence_heard(core, dev);
    if (is_ours && !engine_has_device(core->engine, dev->id))
        core_failed(core, refresh_add(core->refresh, dev, REFRESH_AGAIN));
}

static void on_request(struct core *core, const struct coap_event *event)
{
    const char *path = event->message->path;

    pthread_mutex_lock(&core->figures_lock);
    core->figures.coap_requests[event->message->code % API_COAP_METHODS]++;
    pthread_mutex_unlock(&core->figures_lock);
    if (strcmp(path, "/rd") == 0 || strncmp(path, "/rd/", 4) == 0)
        registrar_request(core, event);
    else if (strcmp(path, "/dp") == 0)
        on_send(core, event);
    else if (strcmp(path, "/.well-known/core") == 0)
        on_discovery(core, event);
    else
        registrar_answer(core, event->handle, COAP_404_NOT_FOUND, NULL);
}

/* A package GET names the device by its location: that is its progress. */
static void on_served(struct core *core, const struct coap_event *event)
{
    struct device_progress progress = {.sent_bytes = (int64_t)event->bytes,
                                       .total_bytes = (int64_t)event->total};
    uint64_t location;

    if (location_parse(event->device, strlen(event->device), &location) != 0)
        return;
    struct device *dev = registry_by_location(core->registry, location);
    if (!dev)
        return;
    presence_heard(core, dev);
    progress.device_id = dev->id;
    memcpy(progress.digest, event->digest, sizeof progress.digest);
    core_failed(core, engine_progress(core->engine, core->now, &progress));
}

static bool is_sign_of_life(const struct coap_event *event)
{
    if (event->kind == COAP_EV_PUSH_END)
        return event->outcome == COAP_ANSWERED || event->outcome == COAP_UNSURE;
    return event->kind == COAP_EV_RESPONSE || event->kind == COAP_EV_NOTIFICATION ||
           event->kind == COAP_EV_PROGRESS;
}

static void on_exchange(struct core *core, const struct coap_event *event)
{
    struct device *dev = registry_by_remote(core->registry, &event->peer.remote);

    if (dev && is_sign_of_life(event))
        presence_heard(core, dev);
    links_event(core->links, event);
}

void requests_event(struct core *core, struct coap_event *event)
{
    switch (event->kind) {
    case COAP_EV_REQUEST:
        on_request(core, event);
        break;
    case COAP_EV_RESPONSE:
    case COAP_EV_NOTIFICATION:
    case COAP_EV_FAILURE:
    case COAP_EV_PROGRESS:
    case COAP_EV_PUSH_END:
        on_exchange(core, event);
        break;
    case COAP_EV_SERVED:
        on_served(core, event);
        break;
    case COAP_EV_WITHDRAWN:
        packages_withdrawn(core, event->digest);
        break;
    case COAP_EV_DAMAGED:
        packages_damaged(core, event->digest);
        break;
    }
    coap_message_free(event->message);
    reports_drain(core);
}
