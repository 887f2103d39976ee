-- SPDX-License-Identifier: Apache-2.0
-- Version 1 of the schema. Never edited once released: the next version is a migration.
-- Times are Unix milliseconds, 0 for "not". Texts that are not known are ''.
--
-- Words are compared one by one: for an IN of more than two SQLite fills a temporary
-- B-tree whenever a statement checks it, which took a third of the time of an insert.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    role       TEXT    NOT NULL CHECK (
        role = 'viewer' OR role = 'operator' OR role = 'approver' OR role = 'admin'),
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    revision   INTEGER NOT NULL
) STRICT;
CREATE INDEX token_by_expiry ON token (expires_ms);

CREATE TABLE webhook (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    url         TEXT    NOT NULL CHECK (url <> ''),
    sealed      TEXT    NOT NULL CHECK (sealed <> ''), -- the secret (seal.h)
    kinds       TEXT    NOT NULL,
    campaign_id INTEGER NOT NULL,
    is_enabled  INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    created_ms  INTEGER NOT NULL,
    created_by  TEXT    NOT NULL,
    done_id     INTEGER NOT NULL,
    revision    INTEGER NOT NULL
) STRICT;

CREATE TABLE delivery (
    id         INTEGER PRIMARY KEY,
    webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event_id   INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    took_ms    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    is_done    INTEGER NOT NULL CHECK (is_done IN (0, 1)),
    error      TEXT    NOT NULL
) STRICT;
CREATE INDEX delivery_by_webhook ON delivery (webhook_id);

CREATE TABLE answer (
    principal    TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    request_hash TEXT    NOT NULL,
    endpoint     TEXT    NOT NULL, -- of the device that it is about, else ''
    status       INTEGER NOT NULL,
    created_ms   INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT;
CREATE INDEX answer_by_time ON answer (created_ms);
CREATE INDEX answer_by_endpoint ON answer (endpoint) WHERE endpoint <> '';

CREATE TABLE profile (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    manufacturer TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    updated_ms   INTEGER NOT NULL,
    updated_by   TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    body         TEXT    NOT NULL
) STRICT;

-- What plans are made for: devices whose canonical texts are equal share a row.
CREATE TABLE inventory (
    id           INTEGER PRIMARY KEY,
    digest       BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    manufacturer TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    hardware     TEXT    NOT NULL,
    firmware     TEXT    NOT NULL,
    problem      TEXT    NOT NULL,
    body         TEXT    NOT NULL
) STRICT;

CREATE TABLE inventory_component (
    inventory_id INTEGER NOT NULL REFERENCES inventory (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    object       TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    PRIMARY KEY (inventory_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id            INTEGER PRIMARY KEY CHECK (id > 0),
    endpoint      TEXT    NOT NULL UNIQUE CHECK (endpoint <> ''),
    state         TEXT    NOT NULL CHECK (
        state = 'registered' OR state = 'asleep' OR state = 'expired'
        OR state = 'deregistered' OR state = 'pending' OR state = 'expected'),
    location      TEXT    NOT NULL, -- random; an index of them is costly, and none asks
    address       TEXT    NOT NULL,
    local_address TEXT    NOT NULL,
    port          INTEGER NOT NULL,
    local_port    INTEGER NOT NULL,
    scope         INTEGER NOT NULL,
    lwm2m         TEXT    NOT NULL,
    binding       TEXT    NOT NULL,
    queue_mode    INTEGER NOT NULL CHECK (queue_mode IN (0, 1)),
    root_path     TEXT    NOT NULL,
    lifetime_s    INTEGER NOT NULL CHECK (lifetime_s >= 0),
    registered_ms INTEGER NOT NULL,
    seen_ms       INTEGER NOT NULL,
    expires_ms    INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL,
    inventory_id  INTEGER, -- those are never deleted
    manufacturer  TEXT    NOT NULL DEFAULT '',
    model         TEXT    NOT NULL DEFAULT '',
    serial        TEXT    NOT NULL DEFAULT '',
    firmware      TEXT    NOT NULL DEFAULT '',
    hardware      TEXT    NOT NULL DEFAULT '',
    software      TEXT    NOT NULL DEFAULT '',
    inventory_ms  INTEGER NOT NULL DEFAULT 0,
    problem       TEXT    NOT NULL DEFAULT '',
    objects       TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX device_by_state ON device (state);
-- Nothing to write for a device that only registered.
CREATE INDEX device_by_model ON device (model) WHERE model <> '';
CREATE INDEX device_by_manufacturer ON device (manufacturer) WHERE manufacturer <> '';
CREATE INDEX device_by_serial ON device (serial) WHERE serial <> '';

CREATE TABLE tag (
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    name      TEXT    NOT NULL CHECK (name <> ''),
    value     TEXT    NOT NULL,
    PRIMARY KEY (device_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_value ON tag (name, value, device_id);

CREATE TABLE component (
    device_id   INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    object      TEXT    NOT NULL CHECK (object IN ('afu', 'fw')),
    object_id   INTEGER NOT NULL,
    instance    INTEGER NOT NULL,
    version     TEXT    NOT NULL,
    version_key BLOB    NOT NULL, -- x'': the version has no order
    state       TEXT    NOT NULL CHECK (
        state = 'idle' OR state = 'downloading' OR state = 'downloaded'
        OR state = 'updating' OR state = 'unknown'),
    result      INTEGER NOT NULL,
    delivery    INTEGER NOT NULL,
    protocols   INTEGER NOT NULL,
    has         INTEGER NOT NULL,
    linked      INTEGER NOT NULL,
    conflicting INTEGER NOT NULL,
    updated_ms  INTEGER NOT NULL,
    PRIMARY KEY (device_id, name)
) STRICT, WITHOUT ROWID;
-- Equal versions are equal here, with and without order, and their devices go by id.
CREATE INDEX component_by_version ON component (
    name, CASE version_key WHEN x'' THEN CAST(version AS BLOB) ELSE version_key END,
    device_id);

-- One row per version that a component was first seen with; id counts per device.
CREATE TABLE component_version (
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    id        INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    version   TEXT    NOT NULL,
    at_ms     INTEGER NOT NULL,
    PRIMARY KEY (device_id, id)
) STRICT, WITHOUT ROWID;

-- How often Update was executed; never forgotten but by an operator.
CREATE TABLE attempt (
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    digest    TEXT    NOT NULL,
    executes  INTEGER NOT NULL CHECK (executes >= 0),
    last_ms   INTEGER NOT NULL,
    blocked   TEXT    NOT NULL,
    PRIMARY KEY (device_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE package (
    id         INTEGER PRIMARY KEY,
    digest     TEXT    NOT NULL UNIQUE CHECK (length(digest) = 64),
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    state      TEXT    NOT NULL CHECK (
        state = 'uploading' OR state = 'ready' OR state = 'damaged' OR state = 'missing'),
    created_ms INTEGER NOT NULL,
    wanted_ms  INTEGER NOT NULL -- when it was last uploaded, the same bytes again too
) STRICT;
CREATE INDEX package_by_size ON package (size_bytes);

CREATE TABLE bundle (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL CHECK (name <> ''),
    version    TEXT    NOT NULL CHECK (version <> ''),
    vendor     TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (
        state = 'uploading' OR state = 'ready' OR state = 'quarantined'
        OR state = 'withdrawn'),
    digest     TEXT    NOT NULL,
    problem    TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    manifest   TEXT    NOT NULL,
    UNIQUE (name, version)
) STRICT;
CREATE INDEX bundle_by_name ON bundle (name);
CREATE INDEX bundle_by_sequence ON bundle (sequence);

CREATE TABLE bundle_package (
    bundle_id  INTEGER NOT NULL REFERENCES bundle (id) ON DELETE CASCADE,
    ordinal    INTEGER NOT NULL,
    component  TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    digest     TEXT    NOT NULL,
    uri        TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (bundle_id, ordinal, component)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_package_by_digest ON bundle_package (digest, bundle_id);

CREATE TABLE plan (
    id          TEXT    PRIMARY KEY CHECK (id <> ''),
    bundle_id   INTEGER NOT NULL REFERENCES bundle (id),
    bundle      TEXT    NOT NULL,
    query       TEXT    NOT NULL,
    components  TEXT    NOT NULL, -- the subset, joined by ','; '' for all
    fingerprint TEXT    NOT NULL,
    devices     INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL, -- 0: kept
    created_by  TEXT    NOT NULL,
    body        TEXT    NOT NULL
) STRICT;
CREATE INDEX plan_by_expiry ON plan (expires_ms) WHERE expires_ms > 0;
CREATE INDEX plan_by_bundle ON plan (bundle_id);

CREATE TABLE plan_group (
    plan_id      TEXT    NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
    group_no     INTEGER NOT NULL CHECK (group_no >= 0),
    inventory_id INTEGER NOT NULL, -- 0: not read yet
    devices      INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    PRIMARY KEY (plan_id, group_no),
    UNIQUE (plan_id, inventory_id)
) STRICT;

CREATE TABLE plan_component (
    plan_id      TEXT    NOT NULL,
    group_no     INTEGER NOT NULL,
    stage_no     INTEGER NOT NULL,
    component    TEXT    NOT NULL,
    from_version TEXT    NOT NULL,
    to_version   TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    size_bytes   INTEGER NOT NULL,
    PRIMARY KEY (plan_id, group_no, stage_no, component),
    FOREIGN KEY (plan_id, group_no) REFERENCES plan_group (plan_id, group_no)
        ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_component_by_digest ON plan_component (digest);

CREATE TABLE campaign (
    id                INTEGER PRIMARY KEY CHECK (id > 0),
    name              TEXT    NOT NULL,
    plan_id           TEXT    NOT NULL REFERENCES plan (id),
    bundle_id         INTEGER NOT NULL REFERENCES bundle (id),
    bundle            TEXT    NOT NULL,
    state             TEXT    NOT NULL CHECK (
        state = 'draft' OR state = 'scheduled' OR state = 'running' OR state = 'paused'
        OR state = 'aborting' OR state = 'aborted' OR state = 'finished'),
    reason            TEXT    NOT NULL,
    detail            TEXT    NOT NULL,
    is_braked         INTEGER NOT NULL CHECK (is_braked IN (0, 1)),
    is_first_passed   INTEGER NOT NULL CHECK (is_first_passed IN (0, 1)),
    is_install_given  INTEGER NOT NULL CHECK (is_install_given IN (0, 1)),
    failures_in_a_row INTEGER NOT NULL,
    ended             INTEGER NOT NULL,
    ended_failed      INTEGER NOT NULL,
    created_ms        INTEGER NOT NULL,
    started_ms        INTEGER NOT NULL,
    ended_ms          INTEGER NOT NULL,
    expires_ms        INTEGER NOT NULL,
    created_by        TEXT    NOT NULL,
    approved_by       TEXT    NOT NULL,
    revision          INTEGER NOT NULL, -- of what people wrote
    cut_after_id      INTEGER NOT NULL DEFAULT 0,
    is_cut            INTEGER NOT NULL DEFAULT 0 CHECK (is_cut IN (0, 1)),
    policy            TEXT    NOT NULL
) STRICT;
CREATE INDEX campaign_by_name ON campaign (name);
CREATE INDEX campaign_by_state ON campaign (state);
CREATE INDEX campaign_by_start ON campaign (started_ms);
CREATE INDEX campaign_by_end ON campaign (ended_ms);
CREATE INDEX campaign_by_plan ON campaign (plan_id);
CREATE INDEX campaign_by_bundle ON campaign (bundle_id);
CREATE INDEX campaign_active ON campaign (id)
    WHERE state IN ('scheduled', 'running', 'paused', 'aborting');

-- Campaigns that were deleted, while rows of theirs are left.
CREATE TABLE campaign_gone (
    id INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE task (
    id          INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL, -- may be gone; its tasks follow
    device_id   INTEGER NOT NULL, -- may be gone; its endpoint is '' then
    endpoint    TEXT    NOT NULL,
    group_no    INTEGER NOT NULL,
    plan_id     TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (
        state = 'waiting' OR state = 'delivering' OR state = 'delivered'
        OR state = 'updating' OR state = 'verifying' OR state = 'succeeded'
        OR state = 'failed' OR state = 'partial' OR state = 'canceled'
        OR state = 'excluded' OR state = 'needs-attention'),
    is_active   INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    waiting_for TEXT    NOT NULL CHECK (
        waiting_for = '' OR waiting_for = 'wave' OR waiting_for = 'window'
        OR waiting_for = 'online' OR waiting_for = 'condition'
        OR waiting_for = 'approval' OR waiting_for = 'rate' OR waiting_for = 'user'
        OR waiting_for = 'campaign' OR waiting_for = 'install'),
    since_ms    INTEGER NOT NULL,
    next_at_ms  INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    stage_no    INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    replans     INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    action_ms   INTEGER NOT NULL,
    journal     TEXT    NOT NULL,
    started_ms  INTEGER NOT NULL,
    ended_ms    INTEGER NOT NULL,
    UNIQUE (device_id, campaign_id),
    CHECK ((state = 'waiting') = (waiting_for <> '')),
    CHECK (is_active = (waiting_for <> 'campaign' AND (
        state = 'waiting' OR state = 'delivering' OR state = 'delivered'
        OR state = 'updating' OR state = 'verifying')))
) STRICT;
CREATE UNIQUE INDEX task_active ON task (device_id) WHERE is_active = 1;
CREATE INDEX task_by_campaign ON task (campaign_id);
CREATE INDEX task_by_state ON task (campaign_id, state, waiting_for);
CREATE INDEX task_due ON task (campaign_id, next_at_ms)
    WHERE state = 'waiting' AND is_active = 1 AND next_at_ms > 0;
CREATE INDEX task_late ON task (campaign_id, deadline_ms)
    WHERE state = 'waiting' AND is_active = 1 AND deadline_ms > 0;
CREATE INDEX task_running ON task (id) WHERE is_active = 1 AND waiting_for = '';

CREATE TABLE task_component (
    task_id          INTEGER NOT NULL,
    component        TEXT    NOT NULL,
    campaign_id      INTEGER NOT NULL,
    stage_no         INTEGER NOT NULL,
    instance         INTEGER NOT NULL,
    state            TEXT    NOT NULL CHECK (
        state = 'pending' OR state = 'delivering' OR state = 'downloaded'
        OR state = 'updating' OR state = 'updated' OR state = 'unchanged'
        OR state = 'failed' OR state = 'reverted'),
    from_version     TEXT    NOT NULL,
    to_version       TEXT    NOT NULL,
    target_version   TEXT    NOT NULL,
    digest           TEXT    NOT NULL,
    delivered_digest TEXT    NOT NULL,
    total_bytes      INTEGER NOT NULL,
    sent_bytes       INTEGER NOT NULL,
    result           INTEGER NOT NULL,
    reason           TEXT    NOT NULL,
    updated_ms       INTEGER NOT NULL,
    PRIMARY KEY (task_id, component)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_component_by_state
    ON task_component (campaign_id, component, state, task_id) WHERE state <> 'pending';

CREATE TABLE event (
    id          INTEGER PRIMARY KEY, -- the newest event is never pruned: no id twice
    at_ms       INTEGER NOT NULL,
    kind        TEXT    NOT NULL, -- one of event_kinds.c
    name        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    campaign_id INTEGER NOT NULL,
    device_id   INTEGER NOT NULL,
    endpoint    TEXT    NOT NULL,
    body        TEXT    NOT NULL
) STRICT;
CREATE INDEX event_by_campaign ON event (campaign_id) WHERE campaign_id > 0;
CREATE INDEX event_by_device ON event (device_id) WHERE device_id > 0;
-- What people did, between all that devices and campaigns do.
-- What became of a campaign, between all that its devices do.
CREATE INDEX event_of_campaign ON event (campaign_id) WHERE kind = 'campaign';
CREATE INDEX event_by_people ON event (id) WHERE actor <> 'system' AND actor <> 'device';

-- Counters, kept with the rows that they count (tally.c knows where the columns of
-- device, task and task_component stand).

CREATE TABLE device_count (
    state TEXT    PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Devices by component and version; no row where there is none.
CREATE TABLE version_count (
    component TEXT    NOT NULL,
    version   TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (component, version)
) STRICT, WITHOUT ROWID;

-- Registrations of the last day: a minute has the place of the one a day before.
CREATE TABLE registration_minute (
    place  INTEGER PRIMARY KEY CHECK (place BETWEEN 0 AND 1439),
    minute INTEGER NOT NULL,
    n      INTEGER NOT NULL
) STRICT;

CREATE TABLE task_count (
    campaign_id INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    waiting_for TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, state, waiting_for)
) STRICT, WITHOUT ROWID;

CREATE TABLE component_count (
    campaign_id INTEGER NOT NULL,
    component   TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, component, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE reason_count (
    campaign_id INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, reason, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_bytes (
    campaign_id INTEGER PRIMARY KEY,
    total_bytes INTEGER NOT NULL,
    sent_bytes  INTEGER NOT NULL
) STRICT;

-- Changes of the counts per minute; component '' counts tasks.
CREATE TABLE rollup_minute (
    campaign_id INTEGER NOT NULL,
    minute      INTEGER NOT NULL,
    component   TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    change      INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, minute, component, state)
) STRICT, WITHOUT ROWID;
