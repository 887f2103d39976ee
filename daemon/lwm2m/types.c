/* SPDX-License-Identifier: Apache-2.0 */
/* types.c - the types of resources, from the OMA registry (objects 1, 3, 4, 5, 9 and
 * 14) and from the object definition of 33629.
 */
#include "daemon/lwm2m/value.h"

struct resource_type {
    uint16_t object, resource;
    enum lwm2m_kind kind;
};

enum { AFU = 33629 };

/* Sorted by object and resource: found by bisection. Executable ones have no type. */
static const struct resource_type types[] = {
    {1, 0, LWM2M_INT},       /* Short Server ID */
    {1, 1, LWM2M_INT},       /* Lifetime */
    {1, 2, LWM2M_INT},       /* Default Minimum Period */
    {1, 3, LWM2M_INT},       /* Default Maximum Period */
    {1, 5, LWM2M_INT},       /* Disable Timeout */
    {1, 6, LWM2M_BOOL},      /* Notification Storing */
    {1, 7, LWM2M_STRING},    /* Binding */
    {1, 10, LWM2M_OBJLNK},   /* APN Link */
    {1, 11, LWM2M_UINT},     /* TLS-DTLS Alert Code */
    {1, 12, LWM2M_TIME},     /* Last Bootstrapped */
    {1, 13, LWM2M_UINT},     /* Registration Priority Order */
    {1, 14, LWM2M_UINT},     /* Initial Registration Delay Timer */
    {1, 15, LWM2M_BOOL},     /* Registration Failure Block */
    {1, 16, LWM2M_BOOL},     /* Bootstrap on Registration Failure */
    {1, 17, LWM2M_UINT},     /* Communication Retry Count */
    {1, 18, LWM2M_UINT},     /* Communication Retry Timer */
    {1, 19, LWM2M_UINT},     /* Communication Sequence Delay Timer */
    {1, 20, LWM2M_UINT},     /* Communication Sequence Retry Count */
    {1, 21, LWM2M_BOOL},     /* Trigger */
    {1, 22, LWM2M_STRING},   /* Preferred Transport */
    {1, 23, LWM2M_BOOL},     /* Mute Send */
    {1, 24, LWM2M_OBJLNK},   /* Alternate APN Links */
    {1, 25, LWM2M_STRING},   /* Supported Server Versions */
    {1, 26, LWM2M_INT},      /* Default Notification Mode */
    {1, 27, LWM2M_OPAQUE},   /* Profile ID Hash Algorithm */
    {3, 0, LWM2M_STRING},    /* Manufacturer */
    {3, 1, LWM2M_STRING},    /* Model Number */
    {3, 2, LWM2M_STRING},    /* Serial Number */
    {3, 3, LWM2M_STRING},    /* Firmware Version */
    {3, 6, LWM2M_INT},       /* Available Power Sources */
    {3, 7, LWM2M_INT},       /* Power Source Voltage */
    {3, 8, LWM2M_INT},       /* Power Source Current */
    {3, 9, LWM2M_INT},       /* Battery Level */
    {3, 10, LWM2M_INT},      /* Memory Free */
    {3, 11, LWM2M_INT},      /* Error Code */
    {3, 13, LWM2M_TIME},     /* Current Time */
    {3, 14, LWM2M_STRING},   /* UTC Offset */
    {3, 15, LWM2M_STRING},   /* Timezone */
    {3, 16, LWM2M_STRING},   /* Supported Binding and Modes */
    {3, 17, LWM2M_STRING},   /* Device Type */
    {3, 18, LWM2M_STRING},   /* Hardware Version */
    {3, 19, LWM2M_STRING},   /* Software Version */
    {3, 20, LWM2M_INT},      /* Battery Status */
    {3, 21, LWM2M_INT},      /* Memory Total */
    {3, 22, LWM2M_OBJLNK},   /* ExtDevInfo */
    {4, 0, LWM2M_INT},       /* Network Bearer */
    {4, 1, LWM2M_INT},       /* Available Network Bearer */
    {4, 2, LWM2M_INT},       /* Radio Signal Strength */
    {4, 3, LWM2M_INT},       /* Link Quality */
    {4, 4, LWM2M_STRING},    /* IP Addresses */
    {4, 5, LWM2M_STRING},    /* Router IP Addresses */
    {4, 6, LWM2M_INT},       /* Link Utilization */
    {4, 7, LWM2M_STRING},    /* APN */
    {4, 8, LWM2M_INT},       /* Cell ID */
    {4, 9, LWM2M_INT},       /* SMNC */
    {4, 10, LWM2M_INT},      /* SMCC */
    {4, 11, LWM2M_INT},      /* SignalSNR */
    {4, 12, LWM2M_INT},      /* LAC */
    {5, 0, LWM2M_OPAQUE},    /* Package */
    {5, 1, LWM2M_STRING},    /* Package URI */
    {5, 3, LWM2M_INT},       /* State */
    {5, 5, LWM2M_INT},       /* Update Result */
    {5, 6, LWM2M_STRING},    /* PkgName */
    {5, 7, LWM2M_STRING},    /* PkgVersion */
    {5, 8, LWM2M_INT},       /* Protocol Support */
    {5, 9, LWM2M_INT},       /* Delivery Method */
    {5, 11, LWM2M_INT},      /* Severity */
    {5, 12, LWM2M_TIME},     /* Last State Change Time */
    {5, 13, LWM2M_UINT},     /* Maximum Defer Period */
    {5, 14, LWM2M_BOOL},     /* Automatic Upgrade at Download */
    {9, 0, LWM2M_STRING},    /* PkgName */
    {9, 1, LWM2M_STRING},    /* PkgVersion */
    {9, 2, LWM2M_OPAQUE},    /* Package */
    {9, 3, LWM2M_STRING},    /* Package URI */
    {9, 5, LWM2M_OBJLNK},    /* Checkpoint */
    {9, 7, LWM2M_INT},       /* Update State */
    {9, 8, LWM2M_BOOL},      /* Update Supported Objects */
    {9, 9, LWM2M_INT},       /* Update Result */
    {9, 12, LWM2M_BOOL},     /* Activation State */
    {9, 13, LWM2M_OBJLNK},   /* Package Settings */
    {9, 14, LWM2M_STRING},   /* User Name */
    {9, 15, LWM2M_STRING},   /* Password */
    {9, 16, LWM2M_STRING},   /* Status Reason */
    {9, 17, LWM2M_OBJLNK},   /* Software Component Link */
    {9, 18, LWM2M_INT},      /* Software Component tree length */
    {14, 0, LWM2M_STRING},   /* Component Identity */
    {14, 1, LWM2M_OPAQUE},   /* Component Pack */
    {14, 2, LWM2M_STRING},   /* Component Version */
    {14, 5, LWM2M_BOOL},     /* Activation State */
    {AFU, 0, LWM2M_OPAQUE},  /* Package */
    {AFU, 1, LWM2M_STRING},  /* Package URI */
    {AFU, 3, LWM2M_INT},     /* State */
    {AFU, 5, LWM2M_INT},     /* Update Result */
    {AFU, 6, LWM2M_STRING},  /* PkgName */
    {AFU, 7, LWM2M_STRING},  /* PkgVersion */
    {AFU, 8, LWM2M_INT},     /* Protocol Support */
    {AFU, 9, LWM2M_INT},     /* Delivery Method */
    {AFU, 11, LWM2M_INT},    /* Severity */
    {AFU, 12, LWM2M_TIME},   /* Last State Change Time */
    {AFU, 13, LWM2M_UINT},   /* Maximum Defer Period */
    {AFU, 14, LWM2M_STRING}, /* Component Name */
    {AFU, 15, LWM2M_STRING}, /* Current Version */
    {AFU, 16, LWM2M_OBJLNK}, /* Linked Instances */
    {AFU, 17, LWM2M_OBJLNK}, /* Conflicting Instances */
};
enum { TYPES = sizeof types / sizeof types[0] };

static uint32_t rank(uint16_t object, uint16_t resource)
{
    return (uint32_t)object << 16 | resource;
}

static enum lwm2m_kind find(uint16_t object, uint16_t resource)
{
    uint32_t wanted = rank(object, resource);
    size_t low = 0, high = TYPES;

    while (low < high) {
        size_t mid = (low + high) / 2;
        uint32_t here = rank(types[mid].object, types[mid].resource);
        if (here == wanted)
            return types[mid].kind;
        if (here < wanted)
            low = mid + 1;
        else
            high = mid;
    }
    return LWM2M_NONE;
}

static uint16_t afu_or_itself(const struct lwm2m_afu_objects *afu, uint16_t object)
{
    for (size_t i = 0; afu && i < afu->count; i++)
        if (afu->ids[i] == object)
            return AFU;
    return object;
}

enum lwm2m_kind lwm2m_type_of(const struct lwm2m_afu_objects *afu,
                              const struct lwm2m_path *p)
{
    if (p->depth < 3)
        return LWM2M_NONE;
    return find(afu_or_itself(afu, p->id[0]), p->id[2]);
}
