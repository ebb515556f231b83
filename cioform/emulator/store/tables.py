"""The tables of people, segment members, activities and deliveries."""

TABLES = ("person", "alias", "suppressed", "member", "activity", "delivery")

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (
    workspace TEXT, number INTEGER, id TEXT, email TEXT, phone TEXT, body TEXT,
    PRIMARY KEY (workspace, number)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS person_id ON person (workspace, id) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS person_email ON person (workspace, email)
    WHERE email IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS person_phone ON person (workspace, phone)
    WHERE phone IS NOT NULL;
CREATE TABLE IF NOT EXISTS alias (
    workspace TEXT, anonymous_id TEXT, person INTEGER,
    PRIMARY KEY (workspace, anonymous_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suppressed (
    workspace TEXT, kind TEXT, value TEXT, companions TEXT,
    PRIMARY KEY (workspace, kind, value)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (
    workspace TEXT, segment INTEGER, key TEXT, place INTEGER,
    PRIMARY KEY (workspace, segment, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_place ON member (workspace, segment, place);
CREATE INDEX IF NOT EXISTS member_key ON member (workspace, key);
CREATE TABLE IF NOT EXISTS activity (
    number INTEGER PRIMARY KEY, workspace TEXT, person INTEGER, anonymous_id TEXT, type TEXT,
    name TEXT, at INTEGER, ulid TEXT, delivery TEXT, data TEXT);
CREATE INDEX IF NOT EXISTS activity_person ON activity (workspace, person, at);
CREATE INDEX IF NOT EXISTS activity_name ON activity (workspace, type, name, person, at);
CREATE INDEX IF NOT EXISTS activity_anonymous ON activity (workspace, anonymous_id)
    WHERE person IS NULL;
CREATE UNIQUE INDEX IF NOT EXISTS activity_ulid ON activity (workspace, ulid)
    WHERE ulid IS NOT NULL;
CREATE TABLE IF NOT EXISTS delivery (
    workspace TEXT, number INTEGER, delivery_id TEXT, person INTEGER, campaign_id INTEGER,
    broadcast_id INTEGER, newsletter_id INTEGER, action_id INTEGER,
    transactional_message_id INTEGER, trigger_id INTEGER, created INTEGER, body TEXT,
    PRIMARY KEY (workspace, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS delivery_id ON delivery (workspace, delivery_id);
CREATE INDEX IF NOT EXISTS delivery_person ON delivery (workspace, person);
CREATE INDEX IF NOT EXISTS delivery_campaign ON delivery (workspace, campaign_id)
    WHERE campaign_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_broadcast ON delivery (workspace, broadcast_id)
    WHERE broadcast_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_message ON delivery (workspace, transactional_message_id)
    WHERE transactional_message_id IS NOT NULL;
"""
