"""The tables and functions of a fleet, by version. They decide about claims, by the clock of the database.

Each statement of a client is one function, so that it needs one round trip and is one transaction.
"""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = ["CHANNEL", "LATEST", "MIGRATIONS", "SCHEMA"]

SCHEMA: Final = "orange_ordering"
CHANNEL: Final = "orange_ordering"
"""Of NOTIFY; payloads are JSON objects."""

_TABLES: LiteralString = """
CREATE TABLE orange_ordering.members (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    alive_until timestamptz NOT NULL
);
COMMENT ON TABLE orange_ordering.members IS 'Processes. One whose alive_until has passed counts as dead.';

CREATE TABLE orange_ordering.claims (
    key text PRIMARY KEY,
    account text NOT NULL,
    type text NOT NULL,
    reference text NOT NULL,
    ticket uuid NOT NULL UNIQUE,
    member uuid NOT NULL,
    waited boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE orange_ordering.claims IS
    'Orders under way, one row each; the ticket is the fencing token of its holder.';

CREATE TABLE orange_ordering.orders (
    account text NOT NULL,
    type text NOT NULL,
    reference text NOT NULL,
    ticket uuid NOT NULL,
    request_id text,
    doubt_until timestamptz,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account, type, reference),
    CHECK ((request_id IS NULL) <> (doubt_until IS NULL))
);
COMMENT ON TABLE orange_ordering.orders IS
    'Orders that were sent: with the id that Orange gave, or the time until which they may have been on their way.';

CREATE TABLE orange_ordering.pauses (
    account text PRIMARY KEY,
    until timestamptz NOT NULL
);

CREATE TABLE orange_ordering.tokens (
    id text PRIMARY KEY,
    sealed bytea NOT NULL,
    refresh_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE orange_ordering.tokens IS
    'Access tokens, encrypted with a key that only holders of the client secret have.';

CREATE TABLE orange_ordering.groups (
    account text NOT NULL,
    name text NOT NULL,
    cursor text,
    ticket uuid,
    member uuid,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account, name)
);
COMMENT ON TABLE orange_ordering.groups IS
    'Groups that follow changes: how far they have come, and which member follows.';
"""

_MEMBERS: LiteralString = """
CREATE FUNCTION orange_ordering.is_alive(p_member uuid) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (SELECT FROM orange_ordering.members WHERE id = p_member AND alive_until > clock_timestamp())
$$;

CREATE FUNCTION orange_ordering.beat(p_member uuid, p_name text, p_lease float8) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    -- Not before half of the lease is over: most claims then change no row of members.
    INSERT INTO orange_ordering.members AS m (id, name, alive_until)
    VALUES (p_member, p_name, clock_timestamp() + make_interval(secs => p_lease))
    ON CONFLICT (id) DO UPDATE SET alive_until = EXCLUDED.alive_until
        WHERE m.alive_until < clock_timestamp() + make_interval(secs => p_lease / 2);
END $$;

CREATE FUNCTION orange_ordering.leave(p_member uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM orange_ordering.members WHERE id = p_member;
    -- Members that died long ago; several that leave at once must not wait for each other.
    DELETE FROM orange_ordering.members WHERE id IN (
        SELECT id FROM orange_ordering.members WHERE alive_until < clock_timestamp() - interval '1 day'
        FOR UPDATE SKIP LOCKED);
    IF EXISTS (SELECT FROM orange_ordering.groups WHERE member = p_member) THEN
        UPDATE orange_ordering.groups SET ticket = NULL, member = NULL WHERE member = p_member;
        PERFORM pg_notify('orange_ordering', '{"free": ""}');
    END IF;
END $$;
"""

_CLAIMS: LiteralString = """
CREATE FUNCTION orange_ordering.claim(
    p_key text, p_account text, p_type text, p_reference text, p_ticket uuid,
    p_member uuid, p_name text, p_lease float8,
    OUT granted boolean, OUT sent boolean, OUT request_id text, OUT in_doubt_for float8)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orange_ordering.beat(p_member, p_name, p_lease);
    INSERT INTO orange_ordering.claims AS c (key, account, type, reference, ticket, member)
    VALUES (p_key, p_account, p_type, p_reference, p_ticket, p_member)
    ON CONFLICT (key) DO UPDATE
        SET reference = EXCLUDED.reference, ticket = EXCLUDED.ticket, member = EXCLUDED.member,
            waited = c.waited, since = clock_timestamp()
        WHERE c.ticket = EXCLUDED.ticket OR NOT orange_ordering.is_alive(c.member);
    granted := FOUND;
    IF NOT granted THEN
        UPDATE orange_ordering.claims SET waited = true WHERE key = p_key AND NOT waited;
        RETURN;
    END IF;
    SELECT o.request_id, extract(epoch FROM clock_timestamp() - o.doubt_until)
        INTO claim.request_id, in_doubt_for
        FROM orange_ordering.orders o
        WHERE o.account = p_account AND o.type = p_type AND o.reference = p_reference;
    sent := FOUND;
END $$;

CREATE FUNCTION orange_ordering.sending(
    p_ticket uuid, p_account text, p_type text, p_reference text, p_within float8) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for a take-over under way, and sees it.
    PERFORM FROM orange_ordering.claims WHERE ticket = p_ticket FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF current_setting('synchronous_commit') IN ('off', 'local') THEN
        -- The note must survive the loss of the server before anything is sent.
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    INSERT INTO orange_ordering.orders AS o (account, type, reference, ticket, doubt_until)
    VALUES (p_account, p_type, p_reference, p_ticket, clock_timestamp() + make_interval(secs => p_within))
    ON CONFLICT (account, type, reference) DO UPDATE
        SET ticket = EXCLUDED.ticket, request_id = NULL, changed_at = clock_timestamp(),
            doubt_until = greatest(o.doubt_until, EXCLUDED.doubt_until);
    RETURN true;
END $$;

CREATE FUNCTION orange_ordering.finish(
    p_ticket uuid, p_account text, p_type text, p_reference text, p_outcome text, p_request_id text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    held boolean;
    freed record;
BEGIN
    PERFORM FROM orange_ordering.claims WHERE ticket = p_ticket FOR UPDATE;
    held := FOUND;
    -- After a take-over it still may say what became of its own sending, as long as nobody has sent again.
    IF p_outcome = 'placed' THEN
        IF held THEN
            INSERT INTO orange_ordering.orders (account, type, reference, ticket, request_id)
            VALUES (p_account, p_type, p_reference, p_ticket, p_request_id)
            ON CONFLICT (account, type, reference) DO UPDATE
                SET request_id = EXCLUDED.request_id, doubt_until = NULL, changed_at = clock_timestamp();
        ELSE
            UPDATE orange_ordering.orders
                SET request_id = p_request_id, doubt_until = NULL, changed_at = clock_timestamp()
                WHERE account = p_account AND type = p_type AND reference = p_reference AND ticket = p_ticket;
        END IF;
    ELSIF p_outcome = 'withdrawn' THEN
        DELETE FROM orange_ordering.orders
            WHERE account = p_account AND type = p_type AND reference = p_reference
                AND request_id IS NULL AND (held OR ticket = p_ticket);
    ELSE
        -- Its call is over, so it is on its way no longer.
        UPDATE orange_ordering.orders SET doubt_until = clock_timestamp(), changed_at = clock_timestamp()
            WHERE account = p_account AND type = p_type AND reference = p_reference
                AND ticket = p_ticket AND doubt_until > clock_timestamp();
    END IF;
    DELETE FROM orange_ordering.claims WHERE ticket = p_ticket RETURNING key, waited INTO freed;
    IF freed.waited THEN
        PERFORM pg_notify('orange_ordering', json_build_object('free', freed.key)::text);
    END IF;
END $$;
"""

_PAUSES: LiteralString = """
CREATE FUNCTION orange_ordering.pause(p_account text, p_seconds float8, p_member uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO orange_ordering.pauses AS p (account, until)
    VALUES (p_account, clock_timestamp() + make_interval(secs => p_seconds))
    ON CONFLICT (account) DO UPDATE SET until = greatest(p.until, EXCLUDED.until);
    PERFORM pg_notify('orange_ordering',
        json_build_object('pause', p_account, 'seconds', p_seconds, 'by', p_member)::text);
END $$;
"""

_GROUPS: LiteralString = """
CREATE FUNCTION orange_ordering.follow(
    p_account text, p_group text, p_since text, p_ticket uuid, p_member uuid, p_name text, p_lease float8,
    OUT granted boolean, OUT reached text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orange_ordering.beat(p_member, p_name, p_lease);
    INSERT INTO orange_ordering.groups AS g (account, name, cursor, ticket, member)
    VALUES (p_account, p_group, p_since, p_ticket, p_member)
    ON CONFLICT (account, name) DO UPDATE
        SET ticket = EXCLUDED.ticket, member = EXCLUDED.member, changed_at = clock_timestamp()
        WHERE g.ticket IS NULL OR g.ticket = EXCLUDED.ticket OR NOT orange_ordering.is_alive(g.member)
    RETURNING cursor INTO reached;
    granted := FOUND;
END $$;

CREATE FUNCTION orange_ordering.advance(p_account text, p_group text, p_ticket uuid, p_cursor text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orange_ordering.groups SET cursor = p_cursor, changed_at = clock_timestamp()
        WHERE account = p_account AND name = p_group AND ticket = p_ticket;
    RETURN FOUND;
END $$;

CREATE FUNCTION orange_ordering.unfollow(p_account text, p_group text, p_ticket uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orange_ordering.groups SET ticket = NULL, member = NULL
        WHERE account = p_account AND name = p_group AND ticket = p_ticket;
    IF FOUND THEN
        PERFORM pg_notify('orange_ordering', '{"free": ""}');
    END IF;
END $$;
"""

_NEWEST_BEFORE: LiteralString = """
ALTER TABLE orange_ordering.orders ADD COLUMN newest_before timestamptz;
COMMENT ON COLUMN orange_ordering.orders.newest_before IS
    'Time of creation of the newest request before the order was sent: what is older cannot be the order.';

-- As in version 1, with one more column: what a function returns cannot be changed in place.
DROP FUNCTION orange_ordering.claim(text, text, text, text, uuid, uuid, text, float8);
CREATE FUNCTION orange_ordering.claim(
    p_key text, p_account text, p_type text, p_reference text, p_ticket uuid,
    p_member uuid, p_name text, p_lease float8,
    OUT granted boolean, OUT sent boolean, OUT request_id text, OUT in_doubt_for float8, OUT newest_before timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orange_ordering.beat(p_member, p_name, p_lease);
    INSERT INTO orange_ordering.claims AS c (key, account, type, reference, ticket, member)
    VALUES (p_key, p_account, p_type, p_reference, p_ticket, p_member)
    ON CONFLICT (key) DO UPDATE
        SET reference = EXCLUDED.reference, ticket = EXCLUDED.ticket, member = EXCLUDED.member,
            waited = c.waited, since = clock_timestamp()
        WHERE c.ticket = EXCLUDED.ticket OR NOT orange_ordering.is_alive(c.member);
    granted := FOUND;
    IF NOT granted THEN
        UPDATE orange_ordering.claims SET waited = true WHERE key = p_key AND NOT waited;
        RETURN;
    END IF;
    SELECT o.request_id, extract(epoch FROM clock_timestamp() - o.doubt_until),
            CASE WHEN o.request_id IS NULL THEN o.newest_before END
        INTO claim.request_id, in_doubt_for, claim.newest_before
        FROM orange_ordering.orders o
        WHERE o.account = p_account AND o.type = p_type AND o.reference = p_reference;
    sent := FOUND;
END $$;

-- The function of version 1 stays for members that are not updated yet; what they send has no time.
CREATE FUNCTION orange_ordering.sending(
    p_ticket uuid, p_account text, p_type text, p_reference text, p_within float8,
    p_newest_before timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT orange_ordering.sending(p_ticket, p_account, p_type, p_reference, p_within) THEN
        RETURN false;
    END IF;
    UPDATE orange_ordering.orders SET newest_before = p_newest_before
        WHERE account = p_account AND type = p_type AND reference = p_reference;
    RETURN true;
END $$;
"""

MIGRATIONS: Final[tuple[tuple[int, LiteralString], ...]] = (
    (1, _TABLES + _MEMBERS + _CLAIMS + _PAUSES + _GROUPS),
    (2, _NEWEST_BEFORE),
)
"""Versions and what brings the one before to them. Never changed once released; what is new is appended."""

LATEST: Final = MIGRATIONS[-1][0]
