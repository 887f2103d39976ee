/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c - what devices ask of us, and everything else the wire tells. */
#include "daemon/requests.h"

#include <errno.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "daemon/lwm2m/decode.h"
#include "daemon/packages.h"
#include "daemon/presence.h"
#include "daemon/registrar.h"
#include "daemon/reports.h"

static const char links_text[] =
    "</rd>;rt=\"core.rd\",</dp>;rt=\"oma.lwm2m.dp\",</p>;rt=\"lockstep.packages\"";

void requests_answer(struct core *core, uint64_t handle, uint8_t code,
                     const char *payload)
{
    struct coap_response response = {
        .code = code,
        .content_format = payload ? COAP_FORMAT_TEXT : COAP_FORMAT_NONE,
        .max_age_s = -1,
        .payload = payload,
        .payload_len = payload ? strlen(payload) : 0,
    };

    (void)wire_respond(core->wire, handle, &response); /* unanswered: it asks again */
}

static void on_discovery(struct core *core, const struct coap_event *event)
{
    struct coap_response response = {.code = COAP_205_CONTENT,
                                     .content_format = COAP_FORMAT_LINK,
                                     .max_age_s = -1,
                                     .payload = links_text,
                                     .payload_len = sizeof links_text - 1};

    int32_t accept = event->message->accept;

    if (accept != COAP_FORMAT_NONE && accept != COAP_FORMAT_LINK)
        requests_answer(core, event->handle, COAP_406_NOT_ACCEPTABLE, NULL);
    else
        (void)wire_respond(core->wire, event->handle, &response);
}

/* A failure of ours is not the device's fault: it is not answered, and comes again. */
static uint8_t send_refusal(int rc)
{
    if (rc == LINKS_E_UNREGISTERED)
        return COAP_404_NOT_FOUND;
    return rc == -EBADMSG || rc == LWM2M_E_FORMAT ? COAP_400_BAD_REQUEST : COAP_EMPTY;
}

/* Send (LwM2M Core 1.2.2 6.4.6): one more source of State, Result and Version. */
static void on_send(struct core *core, const struct coap_event *event)
{
    const struct coap_message *m = event->message;
    struct device *dev = registry_by_remote(core->registry, &event->peer.remote);

    struct links_payload payload = {m->content_format, m->payload, m->payload_len};
    bool is_ours;
    int rc = -EBADMSG;
    if (dev && dev->location != 0 && m->content_format >= 0)
        rc = links_send(core->links, dev, &payload, &is_ours);
    if (rc != 0) {
        requests_answer(core, event->handle, send_refusal(rc), NULL);
        return;
    }
    requests_answer(core, event->handle, COAP_204_CHANGED, NULL);
    presence_heard(core, dev);
    if (is_ours && !engine_has_device(core->engine, dev->id))
        core_failed(core, refresh_add(core->refresh, dev, REFRESH_AGAIN));
}

enum { ANY_METHOD = 0 };

/* Packages are the message layer's own. */
static const struct resource {
    const char *path;
    bool is_parent; /* the row is of what is below it */
    uint8_t method; /* the only one; ANY_METHOD: .take() looks itself */
    void (*take)(struct core *core, const struct coap_event *event);
} resources[] = {
    {"/rd", false, COAP_POST, registrar_register},
    {"/rd/", true, ANY_METHOD, registrar_location},
    {"/dp", false, COAP_POST, on_send},
    {"/.well-known/core", false, COAP_GET, on_discovery},
};

static const struct resource *resource_of(const char *path)
{
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
        const struct resource *r = &resources[i];
        if (r->is_parent ? strncmp(path, r->path, strlen(r->path)) == 0
                         : strcmp(path, r->path) == 0)
            return r;
    }
    return NULL;
}

static void on_request(struct core *core, const struct coap_event *event)
{
    const struct resource *r = resource_of(event->message->path);

    figures_request(core->figures, event->message->code);
    if (!r)
        requests_answer(core, event->handle, COAP_404_NOT_FOUND, NULL);
    else if (r->method != ANY_METHOD && r->method != event->message->code)
        requests_answer(core, event->handle, COAP_405_METHOD_NOT_ALLOWED, NULL);
    else
        r->take(core, event);
}

/* A package GET names the device by its location: that is its progress. */
struct device *requests_served_to(const struct core *core,
                                  const struct coap_event *event)
{
    uint64_t location;

    if (location_parse(event->device, strlen(event->device), &location) != 0)
        return NULL;
    return registry_by_location(core->registry, location);
}

static void on_served(struct core *core, const struct coap_event *event)
{
    struct device_progress progress = {.sent_bytes = (int64_t)event->bytes,
                                       .total_bytes = (int64_t)event->total};
    struct device *dev = requests_served_to(core, event);

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
    traces_event(core, event);
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
